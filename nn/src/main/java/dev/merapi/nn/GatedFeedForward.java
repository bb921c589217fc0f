package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/**
 * A gated position-wise network (Shazeer, 2020): {@code y = down(activation(gate(x)) · up(x))},
 * {@code (…, dim) → (…, dim)}. With SiLU, its default, this is SwiGLU.
 */
public record GatedFeedForward(Linear gate, Linear up, Layer activation, Linear down)
    implements Layer {

  /** Through {@code hidden} numbers, with SiLU and without biases. */
  public static GatedFeedForward of(int dim, int hidden, Key key) {
    return new GatedFeedForward(
        Linear.of(dim, hidden, key.fold(0)).withoutBias(),
        Linear.of(dim, hidden, key.fold(1)).withoutBias(),
        Silu.of(),
        Linear.of(hidden, dim, key.fold(2)).withoutBias());
  }

  /** With another function of the gate. */
  public GatedFeedForward activation(Layer activation) {
    return new GatedFeedForward(gate, up, activation, down);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor open = activation.apply(gate.apply(x, mode), mode);
    return down.apply(open.mul(up.apply(x, mode)), mode);
  }
}
