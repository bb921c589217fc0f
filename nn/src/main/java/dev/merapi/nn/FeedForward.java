package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/**
 * The position-wise network of a Transformer (Vaswani et al., 2017): {@code y = down(activation(
 * up(x)))}, {@code (…, dim) → (…, dim)}.
 */
public record FeedForward(Linear up, Layer activation, Linear down) implements Layer {

  /** Through {@code hidden} numbers, with the exact GELU between. */
  public static FeedForward of(int dim, int hidden, Key key) {
    return new FeedForward(
        Linear.of(dim, hidden, key.fold(0)), Gelu.of(), Linear.of(hidden, dim, key.fold(1)));
  }

  /** With another function between. */
  public FeedForward activation(Layer activation) {
    return new FeedForward(up, activation, down);
  }

  /** The same weights and no biases. */
  public FeedForward withoutBias() {
    return new FeedForward(up.withoutBias(), activation, down.withoutBias());
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return down.apply(activation.apply(up.apply(x, mode), mode), mode);
  }
}
