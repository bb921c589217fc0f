package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code max(x, 0)}, element by element. */
public record Relu() implements Layer {

  public static Relu of() {
    return new Relu();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.relu();
  }
}
