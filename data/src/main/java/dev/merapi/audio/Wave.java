package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Sound of one channel.
 *
 * @param samples from -1 to 1
 * @param rate how many are in a second
 */
@SuppressWarnings("ArrayRecordComponent") // not compared; taken over
public record Wave(float[] samples, int rate) {
  /**
   * Reads a WAV file (PCM of 8, 16, 24 or 32 bits, float of 32 or 64 bits) or a FLAC file; channels
   * are averaged.
   *
   * @throws DataException if it is missing, of another kind, truncated, or holds no sound
   */
  public static Wave read(Path file) {
    try {
      return of(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataException(file + ": cannot read it (" + e + "); check the path", e);
    }
  }

  /**
   * Reads the bytes of such a file.
   *
   * @param place what to call it in messages
   */
  public static Wave of(Path place, byte[] bytes) {
    var wave =
        switch (kind(bytes)) {
          case "RIFF" -> WavReader.read(place, bytes);
          case "fLaC" -> FlacReader.read(place, bytes);
          default -> throw new DataException(place + ": it is no sound; give a WAV or FLAC file");
        };
    for (float sample : wave.samples) {
      if (sample != 0) {
        return wave;
      }
    }
    throw new DataException(
        place + ": it is silent, every sample is 0; record it again, or take it out");
  }

  private static String kind(byte[] bytes) {
    return new String(
        bytes, 0, Math.min(4, bytes.length), java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** The same sound with another number of samples in a second; see {@link Resampler}. */
  public Wave resampled(int to) {
    return to == rate ? this : new Wave(Resampler.of(rate, to).apply(samples), to);
  }

  /** The same sound in so many samples: its middle, or silence on both sides of it. */
  public Wave fitted(int length) {
    float[] out = new float[length];
    int from = Math.max(0, (samples.length - length) / 2);
    int to = Math.max(0, (length - samples.length) / 2);
    System.arraycopy(samples, from, out, to, Math.min(length, samples.length));
    return new Wave(out, rate);
  }

  /** The mean of the channels of interleaved samples. */
  static float[] mono(float[] interleaved, int channels) {
    if (channels == 1) {
      return interleaved;
    }
    float[] mono = new float[interleaved.length / channels];
    for (int i = 0; i < mono.length; i++) {
      for (int c = 0; c < channels; c++) {
        mono[i] += interleaved[i * channels + c] / channels;
      }
    }
    return mono;
  }

  @Override
  public String toString() {
    return "Wave[%d samples, %d a second, from %s]"
        .formatted(samples.length, rate, Arrays.toString(Arrays.copyOf(samples, 3)));
  }
}
