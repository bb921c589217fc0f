package dev.merapi.nn;

import dev.merapi.graph.Ints;
import dev.merapi.tensor.Tensor;

/**
 * The mean of windows chosen so that the space gets the given sizes: {@code (batch, channels,
 * space…) → (batch, channels, sizes…)}; one number stands for every axis.
 */
public record AdaptiveAvgPool(Ints sizes) implements Layer {

  public static AdaptiveAvgPool of(int... sizes) {
    return new AdaptiveAvgPool(Ints.of(sizes));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.adaptiveAvgPool(sizes.toArray());
  }
}
