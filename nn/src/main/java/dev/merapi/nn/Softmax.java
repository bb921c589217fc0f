package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * {@code eˣ / Σ eˣ} along an axis, the last by default. Not for the end of a classifier that is
 * trained: {@link CrossEntropy} takes the logits before it.
 */
public record Softmax(int axis) implements Layer {

  public static Softmax of() {
    return new Softmax(-1);
  }

  public static Softmax of(int axis) {
    return new Softmax(axis);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.softmax(axis);
  }
}
