package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Axes {@code from … to} made one; by default all but the batch: {@code (batch, …) → (batch, n)}.
 */
public record Flatten(int from, int to) implements Layer {

  public static Flatten of() {
    return new Flatten(1, -1);
  }

  public static Flatten of(int from, int to) {
    return new Flatten(from, to);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.flatten(from, to);
  }
}
