package dev.merapi.audio;

/** The fast Fourier transform of Cooley and Tukey (1965), in place, of a power of two numbers. */
final class Fourier {
  private final double[] cos;
  private final double[] sin;

  /** The transform of so many numbers. */
  Fourier(int count) {
    cos = new double[count / 2];
    sin = new double[count / 2];
    for (int k = 0; k < cos.length; k++) {
      cos[k] = Math.cos(-2 * Math.PI * k / count);
      sin[k] = Math.sin(-2 * Math.PI * k / count);
    }
  }

  /** {@code X_f = Σ_t x_t e^(-2πi f t / n)}. */
  void transform(double[] re, double[] im) {
    int n = 2 * cos.length;
    for (int i = 1; i < n; i++) {
      int j = Integer.reverse(i) >>> (Integer.numberOfLeadingZeros(n) + 1);
      if (j > i) {
        swap(re, i, j);
        swap(im, i, j);
      }
    }
    for (int half = 1; half < n; half *= 2) {
      int stride = cos.length / half;
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          int from = start + k;
          int to = from + half;
          double c = cos[k * stride];
          double s = sin[k * stride];
          double a = re[to] * c - im[to] * s;
          double b = re[to] * s + im[to] * c;
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
