package dev.merapi.nn;

import dev.merapi.tensor.PoolOptions;
import dev.merapi.tensor.Tensor;

/**
 * The greatest element of each window of the space: {@code (batch, channels, space…) → (batch,
 * channels, windows…)}, with one to three axes of space.
 */
public record MaxPool(PoolOptions options) implements Layer {

  /** Windows side by side; one number stands for every axis. */
  public static MaxPool of(int... kernel) {
    return new MaxPool(PoolOptions.kernel(kernel));
  }

  public MaxPool stride(int... stride) {
    return new MaxPool(options.stride(stride));
  }

  public MaxPool padding(int... padding) {
    return new MaxPool(options.padding(padding));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.maxPool(options);
  }
}
