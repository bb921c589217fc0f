package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * What is done to pictures before each look of a network in training, at random: each picture is
 * warped by one affine map, its colours are jittered, noise is added, a square is cut out; and
 * pictures of a batch are mixed. With all settings 0 nothing is done.
 *
 * @param flip whether half of the pictures are mirrored
 * @param crop pictures are moved by up to so many pixels along each axis, as a random crop of a
 *     padded picture moves them
 * @param rotate up to so many degrees, either way
 * @param scale larger or smaller by up to this share
 * @param shear slanted by up to so many degrees
 * @param brightness the factor of all pixels, away from 1 by up to this
 * @param contrast the factor of the distance from the picture's mean, away from 1 by up to this
 * @param saturation the factor of the distance from grey, away from 1 by up to this
 * @param noise the deviation of noise on each pixel, of pixels from 0 to 1
 * @param cutout the side of a square that is made grey, in pixels (DeVries and Taylor, 2017)
 * @param mixup alpha of the Beta distribution that mixes two pictures and their classes (Zhang et
 *     al., 2018); 0 for none, at most 1
 */
public record PictureAugmentation(
    boolean flip,
    int crop,
    double rotate,
    double scale,
    double shear,
    double brightness,
    double contrast,
    double saturation,
    double noise,
    int cutout,
    double mixup)
    implements Augmentation {

  @Override
  public Batch apply(Batch batch, Normalisation normalisation, int classes, Key key) {
    var shape = batch.x().shape();
    if (shape.rank() != 4) {
      throw new DataException(
          "augment: the samples "
              + shape
              + " are no pictures; give (batch, channels, height, width), or leave augment out");
    }
    float[] pixels = batch.x().toArray();
    int width = (int) shape.slice(1, 4).elements();
    float[] out = new float[pixels.length];
    for (int i = 0; i < batch.size(); i++) {
      var picture = new Frame(shape.slice(1, 4), normalisation, new Draws(key.fold(i)));
      picture.warp(pixels, out, i * width);
      picture.colours(out, i * width);
      picture.cutOut(out, i * width);
    }
    var x = Tensor.wrap(DType.F32, MemorySegment.ofArray(out), shape);
    return new Mixup(mixup)
        .apply(new Batch(x, batch.y()), normalisation, classes, key.fold(batch.size()));
  }

  /** One picture of a batch, and what is drawn for it. */
  private final class Frame {
    private final int channels;
    private final int height;
    private final int width;
    private final Normalisation normalisation;
    private final Draws draws;

    Frame(Shape picture, Normalisation normalisation, Draws draws) {
      this.channels = picture.size(0);
      this.height = picture.size(1);
      this.width = picture.size(2);
      this.normalisation = normalisation;
      this.draws = draws;
    }

    private double away(double most) {
      return draws.uniform((float) -most, (float) most);
    }

    /** Each pixel is read where the inverse of the map puts it; 0, the mean, lies outside. */
    void warp(float[] in, float[] out, int at) {
      boolean mirrored = flip && draws.below(2) == 1;
      int left = draws.below(2 * crop + 1) - crop;
      int up = draws.below(2 * crop + 1) - crop;
      double angle = Math.toRadians(away(rotate));
      double size = 1 + away(scale);
      double slant = Math.tan(Math.toRadians(away(shear)));
      double cos = Math.cos(angle) / size;
      double sin = Math.sin(angle) / size;
      double middleX = (width - 1) / 2.0;
      double middleY = (height - 1) / 2.0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double dx = x - middleX;
          double dy = y - middleY;
          double turnedX = cos * dx + sin * dy;
          double turnedY = -sin * dx + cos * dy;
          double fromX = (mirrored ? -1 : 1) * (turnedX + slant * turnedY) + middleX + left;
          double fromY = turnedY + middleY + up;
          int x0 = (int) Math.floor(fromX);
          int y0 = (int) Math.floor(fromY);
          float fx = (float) (fromX - x0);
          float fy = (float) (fromY - y0);
          for (int c = 0; c < channels; c++) {
            int plane = at + c * height * width;
            float top = (1 - fx) * pixel(in, plane, x0, y0) + fx * pixel(in, plane, x0 + 1, y0);
            float low =
                (1 - fx) * pixel(in, plane, x0, y0 + 1) + fx * pixel(in, plane, x0 + 1, y0 + 1);
            out[plane + y * width + x] = (1 - fy) * top + fy * low;
          }
        }
      }
    }

    private float pixel(float[] in, int plane, int x, int y) {
      return x < 0 || x >= width || y < 0 || y >= height ? 0 : in[plane + y * width + x];
    }

    /** On pixels from 0 to 1, as the normalisation found them. */
    void colours(float[] out, int at) {
      if (brightness == 0 && contrast == 0 && saturation == 0 && noise == 0) {
        return;
      }
      float bright = (float) (1 + away(brightness));
      float strong = (float) (1 + away(contrast));
      float colourful = (float) (1 + away(saturation));
      int plane = height * width;
      float[] pixels = new float[channels * plane];
      double sum = 0;
      for (int i = 0; i < pixels.length; i++) {
        int c = i / plane;
        pixels[i] = bright * (out[at + i] - normalisation.shift(c)) / normalisation.scale(c);
        sum += pixels[i];
      }
      float mean = (float) (sum / pixels.length);
      for (int i = 0; i < plane; i++) {
        float grey = 0;
        for (int c = 0; c < channels; c++) {
          grey += pixels[c * plane + i] / channels;
        }
        for (int c = 0; c < channels; c++) {
          float coloured = grey + colourful * (pixels[c * plane + i] - grey);
          float value = mean + strong * (coloured - mean);
          value += noise > 0 ? draws.normal(0, (float) noise) : 0;
          out[at + c * plane + i] =
              Math.clamp(value, 0f, 1f) * normalisation.scale(c) + normalisation.shift(c);
        }
      }
    }

    void cutOut(float[] out, int at) {
      if (cutout == 0) {
        return;
      }
      int left = draws.below(width) - cutout / 2;
      int top = draws.below(height) - cutout / 2;
      for (int c = 0; c < channels; c++) {
        for (int y = Math.max(0, top); y < Math.min(height, top + cutout); y++) {
          for (int x = Math.max(0, left); x < Math.min(width, left + cutout); x++) {
            out[at + (c * height + y) * width + x] = 0;
          }
        }
      }
    }
  }
}
