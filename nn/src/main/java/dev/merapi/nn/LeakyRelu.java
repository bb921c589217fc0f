package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code x} where x &gt; 0, elsewhere {@code slope · x}; the slope is 0.01 by default. */
public record LeakyRelu(double slope) implements Layer {

  public static LeakyRelu of() {
    return new LeakyRelu(0.01);
  }

  public static LeakyRelu of(double slope) {
    return new LeakyRelu(slope);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return Activations.leakyRelu(x, slope);
  }
}
