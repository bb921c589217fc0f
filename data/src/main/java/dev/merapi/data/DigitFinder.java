package dev.merapi.data;

import java.util.Arrays;

/** Makes of a picture of one digit what MNIST's makers would have made of it. */
final class DigitFinder {
  private static final int SIDE = Handwriting.SIDE;
  private static final int BOX = 20;
  private static final int MIDDLE = 14; // the pixel on which MNIST puts the centre of mass
  private static final int FINE = 4 * BOX; // pixels a side at which thin strokes are thickened
  private static final float THIN = 1.7f; // pixels of 28x28 below which a stroke is thin
  private static final float SEEN = 0.3f; // share of the darkest ink that counts as ink
  private static final float FAINT = 12; // of 255: less contrast than this is no ink

  private DigitFinder() {}

  static Picture find(Picture picture) {
    var ink = crop(ink(picture));
    float scale = (float) BOX / Math.max(ink.width, ink.height);
    if (Math.max(ink.width, ink.height) > FINE) {
      ink = resized(ink, FINE).darkened();
      float width = ink.strokeWidth() * BOX / FINE;
      if (width < THIN) {
        ink = ink.thickened(Math.round((THIN + 0.3f - width) * FINE / BOX / 2));
      }
    } else if (scale == 1) {
      return centred(ink);
    }
    return centred(resized(ink, BOX).darkened());
  }

  /** How much ink there is at every place, from 0 to 1. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Ink(int width, int height, float[] values) {
    float at(int x, int y) {
      return x < 0 || y < 0 || x >= width || y >= height ? 0 : values[y * width + x];
    }

    /** Scaled so that the strokes, not only their darkest spot, are full ink. */
    Ink darkened() {
      float[] inked = sortedInk();
      float full = inked.length == 0 ? 1 : inked[(int) (inked.length * 0.75f)];
      float[] out = new float[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.min(1, values[i] / full);
      }
      return new Ink(width, height, out);
    }

    private float[] sortedInk() {
      float most = 0;
      for (float value : values) {
        most = Math.max(most, value);
      }
      float[] inked = new float[values.length];
      int count = 0;
      for (float value : values) {
        if (value > SEEN * most) {
          inked[count++] = value;
        }
      }
      inked = Arrays.copyOf(inked, count);
      Arrays.sort(inked);
      return inked;
    }

    /** Twice the area of the ink by the length of its outline. */
    float strokeWidth() {
      int area = 0;
      int edges = 0;
      for (int y = 0; y <= height; y++) {
        for (int x = 0; x <= width; x++) {
          boolean here = at(x, y) > 0.5f;
          area += here ? 1 : 0;
          edges += here == at(x - 1, y) > 0.5f ? 0 : 1;
          edges += here == at(x, y - 1) > 0.5f ? 0 : 1;
        }
      }
      return edges == 0 ? 0 : 2 * area / (edges * 0.79f); // π/4: an outline on a grid is longer
    }

    /** Every place takes the most ink within the radius. */
    Ink thickened(int radius) {
      var out =
          new Ink(
              width + 2 * radius,
              height + 2 * radius,
              new float[(width + 2 * radius) * (height + 2 * radius)]);
      for (int y = 0; y < out.height; y++) {
        for (int x = 0; x < out.width; x++) {
          float most = 0;
          for (int dy = -radius; dy <= radius; dy++) {
            for (int dx = -radius; dx <= radius; dx++) {
              if (dx * dx + dy * dy <= radius * radius) {
                most = Math.max(most, at(x - radius + dx, y - radius + dy));
              }
            }
          }
          out.values[y * out.width + x] = most;
        }
      }
      return out;
    }
  }

  /**
   * What differs from the paper. The border is paper: its middle value is the paper's, and what
   * ninety of a hundred of its pixels differ from that is the paper's unevenness.
   */
  private static Ink ink(Picture picture) {
    int[] border = border(picture);
    Arrays.sort(border);
    int paper = border[border.length / 2];
    boolean darkInk = paper > 127;
    int uneven =
        darkInk ? paper - border[border.length / 10] : border[border.length * 9 / 10] - paper;
    byte[] pixels = picture.pixels();
    float[] values = new float[pixels.length];
    float most = 0;
    for (int i = 0; i < pixels.length; i++) {
      int value = pixels[i] & 0xFF;
      values[i] = Math.max(0, (darkInk ? paper - value : value - paper) - uneven);
      most = Math.max(most, values[i]);
    }
    if (most < FAINT) {
      throw new DataException(
          "there is no digit to be seen, only one shade of grey; give a picture of a digit that is"
              + " clearly darker, or clearly lighter, than its ground");
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= most;
    }
    return new Ink(picture.width(), picture.height(), values);
  }

  private static int[] border(Picture picture) {
    int width = picture.width();
    int height = picture.height();
    int[] border = new int[2 * (width + height)];
    for (int x = 0; x < width; x++) {
      border[x] = picture.at(x, 0);
      border[width + x] = picture.at(x, height - 1);
    }
    for (int y = 0; y < height; y++) {
      border[2 * width + y] = picture.at(0, y);
      border[2 * width + height + y] = picture.at(width - 1, y);
    }
    return border;
  }

  private static Ink crop(Ink ink) {
    int left = ink.width;
    int right = -1;
    int top = ink.height;
    int bottom = -1;
    for (int y = 0; y < ink.height; y++) {
      for (int x = 0; x < ink.width; x++) {
        if (ink.at(x, y) > SEEN) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
        }
      }
    }
    int width = right - left + 1;
    int height = bottom - top + 1;
    float[] values = new float[width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(ink.values, (top + y) * ink.width + left, values, y * width, width);
    }
    return new Ink(width, height, values);
  }

  /** Scaled so that the longer side has {@code longest} pixels, each the mean of what it covers. */
  private static Ink resized(Ink ink, int longest) {
    float scale = (float) longest / Math.max(ink.width, ink.height);
    int width = Math.max(1, Math.round(ink.width * scale));
    int height = Math.max(1, Math.round(ink.height * scale));
    float[] rows = new float[width * ink.height];
    float[][] across = weights(ink.width, width);
    for (int y = 0; y < ink.height; y++) {
      for (int x = 0; x < width; x++) {
        int from = (int) across[x][0];
        for (int k = 1; k < across[x].length; k++) {
          rows[y * width + x] += across[x][k] * ink.values[y * ink.width + from + k - 1];
        }
      }
    }
    float[] out = new float[width * height];
    float[][] down = weights(ink.height, height);
    for (int y = 0; y < height; y++) {
      int from = (int) down[y][0];
      for (int k = 1; k < down[y].length; k++) {
        for (int x = 0; x < width; x++) {
          out[y * width + x] += down[y][k] * rows[(from + k - 1) * width + x];
        }
      }
    }
    return new Ink(width, height, out);
  }

  /**
   * For each of {@code to} pixels: the first of {@code from} that it covers, then the share of
   * each.
   */
  private static float[][] weights(int from, int to) {
    float[][] weights = new float[to][];
    double step = (double) from / to;
    for (int i = 0; i < to; i++) {
      double begin = i * step;
      double end = Math.min(from, begin + step);
      int first = (int) begin;
      int last = Math.min(from, (int) Math.ceil(end - 1e-9));
      weights[i] = new float[1 + last - first];
      weights[i][0] = first;
      for (int j = first; j < last; j++) {
        weights[i][1 + j - first] = (float) ((Math.min(end, j + 1) - Math.max(begin, j)) / step);
      }
    }
    return weights;
  }

  private static Picture centred(Ink ink) {
    double mass = 0;
    double mx = 0;
    double my = 0;
    for (int y = 0; y < ink.height; y++) {
      for (int x = 0; x < ink.width; x++) {
        mass += ink.at(x, y);
        mx += x * ink.at(x, y);
        my += y * ink.at(x, y);
      }
    }
    int left = Math.clamp(MIDDLE - Math.round(mx / mass), 0, SIDE - ink.width);
    int top = Math.clamp(MIDDLE - Math.round(my / mass), 0, SIDE - ink.height);
    byte[] pixels = new byte[SIDE * SIDE];
    for (int y = 0; y < ink.height; y++) {
      for (int x = 0; x < ink.width; x++) {
        pixels[(top + y) * SIDE + left + x] = (byte) Math.round(255 * ink.at(x, y));
      }
    }
    return Picture.of(SIDE, SIDE, pixels);
  }
}
