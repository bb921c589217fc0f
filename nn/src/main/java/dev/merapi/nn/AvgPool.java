package dev.merapi.nn;

import dev.merapi.tensor.PoolOptions;
import dev.merapi.tensor.Tensor;

/**
 * The mean of each window of the space: {@code (batch, channels, space…) → (batch, channels,
 * windows…)}, with one to three axes of space.
 */
public record AvgPool(PoolOptions options) implements Layer {

  /** Windows side by side; one number stands for every axis. */
  public static AvgPool of(int... kernel) {
    return new AvgPool(PoolOptions.kernel(kernel));
  }

  public AvgPool stride(int... stride) {
    return new AvgPool(options.stride(stride));
  }

  public AvgPool padding(int... padding) {
    return new AvgPool(options.padding(padding));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.avgPool(options);
  }
}
