package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code ln(1 + eˣ)}, element by element. */
public record Softplus() implements Layer {

  public static Softplus of() {
    return new Softplus();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return Activations.softplus(x);
  }
}
