package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.util.Arrays;

/**
 * Log-mel spectrograms: frames of a sound in a Hann window, their power spectrum, summed by
 * triangles that are evenly spaced in mel, in logarithms: {@code ln(10⁻⁶ + Σ_f w_mf |X_tf|²)}.
 *
 * <p>Frames are centred, with the sound mirrored at its ends; mel is HTK's {@code 2595 log₁₀(1 + f
 * / 700)}; triangles reach from 0 to half the rate, unscaled. The numbers are those of torchaudio's
 * {@code MelSpectrogram}.
 *
 * @param rate samples in a second
 * @param window samples in a frame, a power of two
 * @param hop samples from a frame to the next
 * @param mels how many triangles
 */
public record LogMel(int rate, int window, int hop, int mels) {
  private static final double FLOOR = 1e-6;

  public LogMel {
    if (window < 16 || Integer.bitCount(window) != 1 || hop < 1 || mels < 1) {
      throw new DataException(
          "log-mel: a window of %d samples, every %d, in %d bands; give a power of two from 16 on, and at least 1"
              .formatted(window, hop, mels));
    }
  }

  /** How many frames a sound of so many samples has. */
  public int frames(int samples) {
    return 1 + samples / hop;
  }

  /** The spectrogram of a sound longer than half a window, (mels, frames) row by row. */
  public float[] apply(float[] samples) {
    if (samples.length <= window / 2) {
      throw new DataException(
          "log-mel: %d samples are less than a frame of %d; give longer sounds, or a smaller window"
              .formatted(samples.length, window));
    }
    int frames = frames(samples.length);
    double[] hann = hann();
    double[][] triangles = triangles();
    float[] out = new float[mels * frames];
    double[] re = new double[window];
    double[] im = new double[window];
    double[] power = new double[window / 2 + 1];
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < window; i++) {
        re[i] = hann[i] * mirrored(samples, t * hop - window / 2 + i);
      }
      Arrays.fill(im, 0);
      Fourier.transform(re, im);
      for (int f = 0; f < power.length; f++) {
        power[f] = re[f] * re[f] + im[f] * im[f];
      }
      for (int m = 0; m < mels; m++) {
        double sum = FLOOR;
        for (int f = 0; f < power.length; f++) {
          sum += triangles[m][f] * power[f];
        }
        out[m * frames + t] = (float) Math.log(sum);
      }
    }
    return out;
  }

  private static float mirrored(float[] samples, int i) {
    int last = samples.length - 1;
    int inside = Math.abs(i);
    return samples[inside > last ? Math.max(0, 2 * last - inside) : inside];
  }

  private double[] hann() {
    double[] hann = new double[window];
    for (int i = 0; i < window; i++) {
      hann[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / window);
    }
    return hann;
  }

  private double[][] triangles() {
    double most = 2595 * Math.log10(1 + rate / 2.0 / 700);
    double[] corners = new double[mels + 2];
    for (int m = 0; m < corners.length; m++) {
      corners[m] = 700 * (Math.pow(10, most * m / (mels + 1) / 2595) - 1);
    }
    double[][] triangles = new double[mels][window / 2 + 1];
    for (int m = 0; m < mels; m++) {
      for (int f = 0; f < triangles[m].length; f++) {
        double hertz = f * (double) rate / window;
        double up = (hertz - corners[m]) / (corners[m + 1] - corners[m]);
        double down = (corners[m + 2] - hertz) / (corners[m + 2] - corners[m + 1]);
        triangles[m][f] = Math.max(0, Math.min(up, down));
      }
    }
    return triangles;
  }
}
