package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Layers of a plain recurrent network, each over the outputs of the one before: {@code (batch,
 * time, in) → (batch, time, hidden)}.
 *
 * @param dropout between the layers, in training
 */
public record Rnn(List<RnnLayer> layers, Dropout dropout) implements Layer {
  public Rnn {
    layers = List.copyOf(layers);
  }

  /** Without dropout. */
  public static Rnn of(int in, int hidden, int layers, Key key) {
    return new Rnn(
        RecurrentInit.layers("Rnn", in, hidden, layers, key, RnnLayer::of), Dropout.of(0));
  }

  /** With dropout between the layers. */
  public Rnn dropout(double p) {
    return new Rnn(layers, Dropout.of(p));
  }

  /**
   * Reads a sequence from the states of all layers, the first one's first; where there are none,
   * from zeros. In a {@link Continuation} only the first pass begins so.
   */
  public RecurrentLayer.Result run(Tensor x, List<Tensor> before, Mode mode) {
    return RecurrentLayer.run(layers, dropout, x, before, mode);
  }

  /** With another function than tanh, such as ReLU. */
  public Rnn activation(Layer activation) {
    return new Rnn(layers.stream().map(layer -> layer.activation(activation)).toList(), dropout);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return run(x, List.of(), mode).outputs();
  }
}
