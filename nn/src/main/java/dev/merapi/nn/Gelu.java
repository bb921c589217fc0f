package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code x Φ(x)}, exact or by tanh; see {@link Activations#gelu}. */
public record Gelu(boolean approximate) implements Layer {

  public static Gelu of() {
    return new Gelu(false);
  }

  /** The approximation by tanh, as in GPT-2. */
  public static Gelu tanh() {
    return new Gelu(true);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return approximate ? Activations.geluTanh(x) : Activations.gelu(x);
  }
}
