package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code tanh x}, element by element. */
public record Tanh() implements Layer {

  public static Tanh of() {
    return new Tanh();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.tanh();
  }
}
