package dev.merapi.audio;

/**
 * Changes how many samples are in a second, by a sinc of limited width in a Hann window: each new
 * sample is {@code Σ_k x_k h(t - k)} with {@code h(t) = sinc(π c t) cos²(π c t / 2w) · c} where
 * {@code |c t| < w}; {@code c} is 0.99 of the lower of both rates in units of the old one, {@code
 * w} = 6.
 *
 * <p>Source: J. O. Smith, "Digital Audio Resampling"; the numbers are those of torchaudio's {@code
 * resample}.
 */
@SuppressWarnings("ArrayRecordComponent") // not compared; its own
record Resampler(int from, int to, int reach, float[][] kernels) {
  private static final int WIDTH = 6;
  private static final double ROLLOFF = 0.99;

  static Resampler of(int from, int to) {
    int common = gcd(from, to);
    int old = from / common;
    int wanted = to / common;
    double base = Math.min(old, wanted) * ROLLOFF;
    int reach = (int) Math.ceil(WIDTH * old / base);
    float[][] kernels = new float[wanted][2 * reach + old];
    for (int phase = 0; phase < wanted; phase++) {
      for (int k = 0; k < kernels[phase].length; k++) {
        double t = ((k - reach) / (double) old - phase / (double) wanted) * base;
        t = Math.clamp(t, -WIDTH, (double) WIDTH);
        double window = Math.pow(Math.cos(t * Math.PI / WIDTH / 2), 2);
        double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
        kernels[phase][k] = (float) (sinc * window * base / old);
      }
    }
    return new Resampler(old, wanted, reach, kernels);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  float[] apply(float[] x) {
    float[] out = new float[(int) Math.ceilDiv((long) x.length * to, from)];
    for (int i = 0; i < out.length; i++) {
      float[] kernel = kernels[i % to];
      int start = i / to * from - reach;
      double sum = 0;
      for (int k = Math.max(0, -start); k < kernel.length && start + k < x.length; k++) {
        sum += (double) kernel[k] * x[start + k];
      }
      out[i] = (float) sum;
    }
    return out;
  }
}
