package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recurrent layers that read a sequence from both of its ends (Schuster and Paliwal, 1997): {@code
 * (batch, time, in) → (batch, time, 2 · hidden)}, the forward ones' numbers first. Each pair reads
 * the outputs of the one before.
 *
 * {@snippet :
 * var lstm = Bidirectional.of(64, 128, 2, LstmLayer::of, key);
 * }
 *
 * @param dropout between the pairs, in training
 */
public record Bidirectional(List<Pair> layers, Dropout dropout) implements Layer {
  public Bidirectional {
    layers = List.copyOf(layers);
  }

  /** Two layers that read the same, of one size. */
  public record Pair(RecurrentLayer forward, RecurrentLayer backward) {}

  /** What makes a recurrent layer, by what it reads and puts out. */
  @FunctionalInterface
  public interface Maker {
    RecurrentLayer of(int in, int hidden, Key key);
  }

  /**
   * Pairs of layers, without dropout.
   *
   * @param hidden numbers that each direction puts out
   * @param layers how many pairs
   */
  public static Bidirectional of(int in, int hidden, int layers, Maker maker, Key key) {
    if (layers < 1) {
      throw new MerapiException("Bidirectional: %d layers; give at least 1".formatted(layers));
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int read = i == 0 ? in : 2 * hidden;
      pairs.add(
          new Pair(
              maker.of(read, hidden, key.fold(i).fold(0)),
              maker.of(read, hidden, key.fold(i).fold(1))));
    }
    return new Bidirectional(pairs, Dropout.of(0));
  }

  /** With dropout between the pairs. */
  public Bidirectional dropout(double p) {
    return new Bidirectional(layers, Dropout.of(p));
  }

  /**
   * What both made of sequences.
   *
   * @param outputs (batch, time, 2 · hidden), of the last pair; zeros behind the ends
   * @param last (batch, 2 · hidden): what the last pair's forward layer put out at each sequence's
   *     end, and the backward one at its begin
   */
  public record Result(Tensor outputs, Tensor last) {}

  /** Reads sequences of the same length, or of these lengths. */
  public Result run(Tensor x, Optional<Lengths> lengths, Mode mode) {
    Tensor h = x;
    Tensor last = null;
    for (int i = 0; i < layers.size(); i++) {
      Tensor in = i == 0 ? h : dropout.apply(h, mode);
      var forward = layers.get(i).forward().run(in, List.of(), lengths);
      var backward = layers.get(i).backward().run(reversed(in, lengths), List.of(), lengths);
      h = Tensor.concat(-1, List.of(forward.outputs(), reversed(backward.outputs(), lengths)));
      last = Tensor.concat(-1, List.of(forward.last().getFirst(), backward.last().getFirst()));
    }
    return new Result(h, last);
  }

  private static Tensor reversed(Tensor x, Optional<Lengths> lengths) {
    return lengths.isPresent() ? lengths.get().reversed(x) : x.flip(1);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return run(x, Optional.empty(), mode).outputs();
  }
}
