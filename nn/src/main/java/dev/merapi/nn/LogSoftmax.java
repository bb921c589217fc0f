package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * {@code x - log Σ eˣ} along an axis, the last by default. The input that {@link
 * NegativeLogLikelihood} wants.
 */
public record LogSoftmax(int axis) implements Layer {

  public static LogSoftmax of() {
    return new LogSoftmax(-1);
  }

  public static LogSoftmax of(int axis) {
    return new LogSoftmax(axis);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.logSoftmax(axis);
  }
}
