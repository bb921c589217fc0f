package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Layers of gated recurrent units, each over the outputs of the one before: {@code (batch, time,
 * in) → (batch, time, hidden)}.
 *
 * @param dropout between the layers, in training
 */
public record Gru(List<GruLayer> layers, Dropout dropout) implements Layer {
  public Gru {
    layers = List.copyOf(layers);
  }

  /** Without dropout. */
  public static Gru of(int in, int hidden, int layers, Key key) {
    return new Gru(
        RecurrentInit.layers("Gru", in, hidden, layers, key, GruLayer::of), Dropout.of(0));
  }

  /** With dropout between the layers. */
  public Gru dropout(double p) {
    return new Gru(layers, Dropout.of(p));
  }

  /**
   * Reads a sequence from the states of all layers, the first one's first; where there are none,
   * from zeros. In a {@link Continuation} only the first pass begins so.
   */
  public RecurrentLayer.Result run(Tensor x, List<Tensor> before, Mode mode) {
    return RecurrentLayer.run(layers, dropout, x, before, mode);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return run(x, List.of(), mode).outputs();
  }
}
