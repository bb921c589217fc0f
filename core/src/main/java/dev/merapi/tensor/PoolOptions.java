package dev.merapi.tensor;

import dev.merapi.graph.Ints;

/**
 * How a pooling window walks. One number stands for every spatial axis. Defaults: stride as the
 * kernel, padding 0, dilation 1.
 *
 * @param countPadding whether the padding counts in an average, as PyTorch does by default
 */
public record PoolOptions(
    Ints kernel, Ints stride, Ints padding, Ints dilation, boolean countPadding) {

  public static PoolOptions kernel(int... kernel) {
    return new PoolOptions(Ints.of(kernel), Ints.of(kernel), Ints.of(0), Ints.of(1), true);
  }

  public PoolOptions stride(int... stride) {
    return new PoolOptions(kernel, Ints.of(stride), padding, dilation, countPadding);
  }

  public PoolOptions padding(int... padding) {
    return new PoolOptions(kernel, stride, Ints.of(padding), dilation, countPadding);
  }

  public PoolOptions dilation(int... dilation) {
    return new PoolOptions(kernel, stride, padding, Ints.of(dilation), countPadding);
  }

  public PoolOptions ignorePadding() {
    return new PoolOptions(kernel, stride, padding, dilation, false);
  }
}
