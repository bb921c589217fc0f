package dev.merapi.nn;

import dev.merapi.graph.Ints;
import dev.merapi.tensor.Tensor;

/**
 * The greatest element of windows chosen so that the space gets the given sizes: {@code (batch,
 * channels, space…) → (batch, channels, sizes…)}; one number stands for every axis.
 */
public record AdaptiveMaxPool(Ints sizes) implements Layer {

  public static AdaptiveMaxPool of(int... sizes) {
    return new AdaptiveMaxPool(Ints.of(sizes));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return x.adaptiveMaxPool(sizes.toArray());
  }
}
