package dev.merapi.cpu;

/**
 * The loops of attention over rows of scores: {@link ScalarAttention} is the definition, {@link
 * VectorAttention} the same bits faster. Rows lie {@link TileKernel#ROW_STRIDE} bytes apart, and
 * lengths are multiples of {@link #PARTS}, as far as nothing else is said.
 */
interface AttentionLoops {
  /** Element {@code i} of a row is added to partial sum {@code i mod PARTS}. */
  int PARTS = 16;

  /** The loops that this JVM can run best. */
  static AttentionLoops best() {
    return Kernels.vectorised() && VectorAttention.suits()
        ? new VectorAttention()
        : new ScalarAttention();
  }

  /**
   * Where the sums of rows over several blocks stand, one float a row.
   *
   * @param most the greatest scaled score so far, -∞ before the first
   * @param total the sum of {@code exp(score - most)} so far
   * @param factor by which what was summed before has to be multiplied
   */
  record Sums(long most, long total, long factor) {
    Sums row(int i) {
      return new Sums(most + 4L * i, total + 4L * i, factor + 4L * i);
    }
  }

  /** {@code x ← exp(scale · x - most)} for each row, and the sums brought up to date. */
  void softmax(long x, int rows, int n, float scale, Sums sums);

  /**
   * For a key, along n queries: {@code p = exp(scale · s + bias - logSum)} over s, and {@code p ·
   * (dp - delta) · scale} over dp.
   */
  void gradients(long s, long dp, long logSum, long delta, float scale, float bias, int n);

  /**
   * The same where {@code kept} is 0 for what was dropped and else the factor of what was not:
   * {@code p · kept} over s, and {@code p · (dp · kept - delta) · scale} over dp.
   */
  void gradientsKept(
      long s, long dp, long kept, long logSum, long delta, float scale, float bias, int n);

  /** {@code x ← scale · x + y}, both n long. */
  void scaleAndAdd(long x, float scale, long y, int n);

  /** {@code x ← x · y}, both n long. */
  void multiply(long x, long y, int n);

  /** {@code out = factor · x}; any n. */
  void scaled(long x, float factor, long out, int n);

  /** Σ x · y, in {@link #PARTS} partial sums; any n. */
  float dot(long x, long y, int n);

  /**
   * For uniform numbers {@code first … first + n - 1} of a key: {@code value} where the number is
   * below {@code keep}, else 0. May write up to {@link #SLACK} bytes more.
   *
   * @param words {@link #wordBytes} of memory to work in
   */
  void dropout(long key, long first, int n, float keep, float value, long out, long words);

  /** Bytes behind a row that {@link #dropout} may write. */
  int SLACK = 64;

  /** Bytes that {@link #dropout} works in for so many numbers. */
  static long wordBytes(int n) {
    return 4L * (n + 4) + 256;
  }

  /** Partial sums made one: 0 with 8, 1 with 9, …, then 0 with 4, …. */
  static float combined(float[] parts) {
    for (int half = PARTS / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        parts[i] += parts[i + half];
      }
    }
    return parts[0];
  }
}
