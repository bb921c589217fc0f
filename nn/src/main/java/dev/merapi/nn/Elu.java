package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code x} where x &gt; 0, elsewhere {@code α (eˣ - 1)}; α is 1 by default. */
public record Elu(double alpha) implements Layer {

  public static Elu of() {
    return new Elu(1);
  }

  public static Elu of(double alpha) {
    return new Elu(alpha);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return Activations.elu(x, alpha);
  }
}
