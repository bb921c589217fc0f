package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.util.Arrays;

/** {@link LogMel} with its tables laid out, for many sounds. Immutable. */
final class MelAnalysis {
  private static final double FLOOR = 1e-6;

  private final LogMel mel;
  private final Fourier fourier;
  private final double[] hann;
  private final Triangle[] triangles;

  /** What a band takes of the frequencies from {@code first} on. */
  @SuppressWarnings("ArrayRecordComponent") // a table, not compared
  private record Triangle(int first, double[] weights) {}

  MelAnalysis(LogMel mel) {
    this.mel = mel;
    this.fourier = new Fourier(mel.window());
    this.hann = new double[mel.window()];
    for (int i = 0; i < hann.length; i++) {
      hann[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / hann.length);
    }
    this.triangles = triangles();
  }

  private Triangle[] triangles() {
    int frequencies = mel.window() / 2 + 1;
    double most = 2595 * Math.log10(1 + mel.rate() / 2.0 / 700);
    double[] corners = new double[mel.mels() + 2];
    for (int m = 0; m < corners.length; m++) {
      corners[m] = 700 * (Math.pow(10, most * m / (mel.mels() + 1) / 2595) - 1);
    }
    var triangles = new Triangle[mel.mels()];
    for (int m = 0; m < triangles.length; m++) {
      double[] all = new double[frequencies];
      int first = frequencies;
      int end = 0;
      for (int f = 0; f < frequencies; f++) {
        double hertz = f * (double) mel.rate() / mel.window();
        double up = (hertz - corners[m]) / (corners[m + 1] - corners[m]);
        double down = (corners[m + 2] - hertz) / (corners[m + 2] - corners[m + 1]);
        all[f] = Math.max(0, Math.min(up, down));
        if (all[f] > 0) {
          first = Math.min(first, f);
          end = f + 1;
        }
      }
      triangles[m] = new Triangle(first, Arrays.copyOfRange(all, Math.min(first, end), end));
    }
    return triangles;
  }

  /** See {@link LogMel#apply}. Two frames are transformed as one of complex numbers. */
  float[] apply(float[] samples) {
    int window = mel.window();
    if (samples.length <= window / 2) {
      throw new DataException(
          "log-mel: %d samples are less than a frame of %d; give longer sounds, or a smaller window"
              .formatted(samples.length, window));
    }
    int frames = mel.frames(samples.length);
    float[] out = new float[mel.mels() * frames];
    double[] re = new double[window];
    double[] im = new double[window];
    double[] first = new double[window / 2 + 1];
    double[] second = new double[window / 2 + 1];
    for (int t = 0; t < frames; t += 2) {
      for (int i = 0; i < window; i++) {
        int at = t * mel.hop() - window / 2 + i;
        re[i] = hann[i] * mirrored(samples, at);
        im[i] = hann[i] * mirrored(samples, at + mel.hop());
      }
      fourier.transform(re, im);
      for (int f = 0; f < first.length; f++) {
        int mirror = (window - f) & (window - 1);
        first[f] = square(re[f] + re[mirror], im[f] - im[mirror]);
        second[f] = square(im[f] + im[mirror], re[mirror] - re[f]);
      }
      bands(first, out, t, frames);
      if (t + 1 < frames) {
        bands(second, out, t + 1, frames);
      }
    }
    cut(out);
    return out;
  }

  private void cut(float[] logarithms) {
    float loudest = Float.NEGATIVE_INFINITY;
    for (float value : logarithms) {
      loudest = Math.max(loudest, value);
    }
    float least = (float) (loudest - mel.range() * Math.log(10) / 10);
    for (int i = 0; i < logarithms.length; i++) {
      logarithms[i] = Math.max(logarithms[i], least);
    }
  }

  /** Of twice the real and the imaginary part. */
  private static double square(double re, double im) {
    return (re * re + im * im) / 4;
  }

  private void bands(double[] power, float[] out, int t, int frames) {
    for (int m = 0; m < triangles.length; m++) {
      double sum = FLOOR;
      double[] weights = triangles[m].weights;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * power[triangles[m].first + i];
      }
      out[m * frames + t] = (float) Math.log(sum);
    }
  }

  private static float mirrored(float[] samples, int i) {
    int last = samples.length - 1;
    int inside = Math.abs(i);
    return samples[inside > last ? Math.max(0, 2 * last - inside) : inside];
  }
}
