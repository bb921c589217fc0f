package dev.merapi.nn;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Tensor;

/** Activation functions, element by element; the plain ones are methods of {@link Tensor}. */
public final class Activations {
  private Activations() {}

  /** {@code x} where x &gt; 0, elsewhere {@code slope · x}. */
  public static Tensor leakyRelu(Tensor x, double slope) {
    return x.gt(0).where(x, x.mul(slope));
  }

  /** {@code x} where x &gt; 0, elsewhere {@code α (eˣ - 1)} (Clevert et al., 2015). */
  public static Tensor elu(Tensor x, double alpha) {
    Tensor positive = x.gt(0);
    Tensor rest = positive.where(0, x); // keeps eˣ, and its gradient, finite where it is not used
    return positive.where(x, rest.expm1().mul(alpha));
  }

  /** {@code x Φ(x)} with the normal distribution function Φ, exact (Hendrycks and Gimpel, 2016). */
  public static Tensor gelu(Tensor x) {
    return fromX(x.mul(0.5).mul(x.mul(Math.sqrt(0.5)).erf().add(1)), x);
  }

  /** GELU's approximation {@code ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))}, as in GPT-2. */
  public static Tensor geluTanh(Tensor x) {
    Tensor inner = x.mul(x).mul(x).mul(0.044715).add(x).mul(Math.sqrt(2 / Math.PI));
    return fromX(x.mul(0.5).mul(inner.tanh().add(1)), x);
  }

  /** {@code x / (1 + e⁻ˣ)}, also called swish (Ramachandran et al., 2017). */
  public static Tensor silu(Tensor x) {
    return fromX(x.mul(x.sigmoid()), x);
  }

  /** {@code ln(1 + eˣ)}, without overflow. */
  public static Tensor softplus(Tensor x) {
    // max(x, 0), not relu: half the gradient at 0 from it, none from |x|, make σ(0) = ½.
    return x.max(Tensor.constant(x.dtype(), 0)).add(x.abs().neg().exp().log1p());
  }

  /**
   * Its gradient computes again from x what it needs: that is faster than to read what was kept.
   */
  private static Tensor fromX(Tensor y, Tensor x) {
    return Gradients.recomputed(y, x);
  }
}
