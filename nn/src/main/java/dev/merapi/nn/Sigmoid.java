package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code 1 / (1 + e⁻ˣ)}, element by element. */
public record Sigmoid() implements Layer {

  public static Sigmoid of() {
    return new Sigmoid();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.sigmoid();
  }
}
