package dev.merapi.cpu;

/**
 * Loops over long rows of logits: {@link ScalarSoftmax} is the definition, {@link VectorSoftmax}
 * the same bits faster. Any length.
 */
interface SoftmaxLoops {
  /** The loops that this JVM can run best. */
  static SoftmaxLoops best() {
    return Kernels.vectorised() && VectorAttention.suits()
        ? new VectorSoftmax()
        : new ScalarSoftmax();
  }

  /** The greatest of n; -∞ of none, NaN if one is NaN. */
  float most(long x, int n);

  /** {@code Σ exp(x - shift)}, in partial sums as those of {@link AttentionLoops}. */
  float sumOfExponentials(long x, int n, float shift);

  /** {@code out = exp(x - shift) · factor}; out may be x. */
  void exponentials(long x, int n, float shift, float factor, long out);
}
