package dev.merapi.audio;

import dev.merapi.data.DataException;

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
 * @param range so many decibels below its loudest number a spectrogram ends: what is quieter counts
 *     as that
 */
public record LogMel(int rate, int window, int hop, int mels, double range) {
  public LogMel {
    if (!(range > 0)) {
      throw new DataException("log-mel: a range of %s decibels; give more than 0".formatted(range));
    }
    if (window < 16 || Integer.bitCount(window) != 1 || hop < 1 || mels < 1) {
      throw new DataException(
          "log-mel: a window of %d samples, every %d, in %d bands; give a power of two from 16 on, and at least 1"
              .formatted(window, hop, mels));
    }
  }

  /** One whose range is only that of the formula. */
  public LogMel(int rate, int window, int hop, int mels) {
    this(rate, window, hop, mels, Double.POSITIVE_INFINITY);
  }

  /** How many frames a sound of so many samples has. */
  public int frames(int samples) {
    return 1 + samples / hop;
  }

  /** The spectrogram of a sound longer than half a window, (mels, frames) row by row. */
  public float[] apply(float[] samples) {
    return new MelAnalysis(this).apply(samples);
  }
}
