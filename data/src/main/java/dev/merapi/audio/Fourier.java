package dev.merapi.audio;

/** The fast Fourier transform of Cooley and Tukey (1965), in place, of a power of two numbers. */
final class Fourier {
  private Fourier() {}

  /** {@code X_f = Σ_t x_t e^(-2πi f t / n)}. */
  static void transform(double[] re, double[] im) {
    int n = re.length;
    for (int i = 1; i < n; i++) {
      int j = Integer.reverse(i) >>> (Integer.numberOfLeadingZeros(n) + 1);
      if (j > i) {
        swap(re, i, j);
        swap(im, i, j);
      }
    }
    for (int size = 2; size <= n; size *= 2) {
      for (int k = 0; k < size / 2; k++) {
        double angle = -2 * Math.PI * k / size;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int from = k; from < n; from += size) {
          int to = from + size / 2;
          double a = re[to] * cos - im[to] * sin;
          double b = re[to] * sin + im[to] * cos;
          re[to] = re[from] - a;
          im[to] = im[from] - b;
          re[from] += a;
          im[from] += b;
        }
      }
    }
  }

  private static void swap(double[] values, int i, int j) {
    double kept = values[i];
    values[i] = values[j];
    values[j] = kept;
  }
}
