package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code x / (1 + e⁻ˣ)}, element by element; see {@link Activations#silu}. */
public record Silu() implements Layer {

  public static Silu of() {
    return new Silu();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return Activations.silu(x);
  }
}
