package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** The last of a sequence: {@code (batch, time, …) → (batch, …)}. */
public record LastStep() implements Layer {

  public static LastStep of() {
    return new LastStep();
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.select(1, -1);
  }
}
