package dev.merapi.report;

import dev.merapi.data.Normalisation;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Charts;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** A sample as a picture, for people to look at. */
public final class Thumbnail {
  /** A sample with more numbers than this along a side is no thumbnail. */
  private static final int LONGEST = 1_024;

  private Thumbnail() {}

  /**
   * A sample as a PNG file; empty if it is neither grey nor of three colours. Numbers beyond 0 to 1
   * are stretched to that range.
   *
   * @param sample {@code (channels, height, width)}, or {@code (1, channels, height, width)}
   * @param normalisation what was done to pixels from 0 to 1
   */
  public static Optional<byte[]> of(Tensor sample, Normalisation normalisation) {
    var shape = sample.shape();
    int rank = shape.rank();
    if (rank < 3 || (rank == 4 && shape.size(0) != 1) || rank > 4) {
      return Optional.empty();
    }
    int channels = shape.size(-3);
    int height = shape.size(-2);
    int width = shape.size(-1);
    if ((channels != 1 && channels != 3) || Math.max(height, width) > LONGEST) {
      return Optional.empty();
    }
    return Optional.of(png(pixels(sample, channels, normalisation), channels, height, width));
  }

  private static float[] pixels(Tensor sample, int channels, Normalisation normalisation) {
    float[] values = sample.toArray();
    float[] mean = normalisation.mean();
    float[] deviation = normalisation.deviation();
    int plane = values.length / channels;
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      int channel = i / plane % mean.length;
      values[i] = values[i] * deviation[channel] + mean[channel];
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    if (low < -0.01f || high > 1.01f) {
      for (int i = 0; i < values.length; i++) {
        values[i] = high > low ? (values[i] - low) / (high - low) : 0;
      }
    }
    return values;
  }

  private static byte[] png(float[] pixels, int channels, int height, int width) {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float value = pixels[(channels == 1 ? 0 : c) * plane + i];
        rgb = rgb << 8 | Math.round(255 * Math.clamp(value, 0f, 1f));
      }
      image.setRGB(i % width, i / width, rgb);
    }
    return Charts.png(image);
  }
}
