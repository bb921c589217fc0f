package dev.merapi.data;

import dev.merapi.data.Glyphs.Glyph;
import dev.merapi.data.Glyphs.Point;
import dev.merapi.data.Glyphs.Stroke;

/**
 * Writes one digit as a hand would, into a picture of 28x28 pixels as MNIST has them: light ink on
 * black, the longer side of the ink fitted to 20 pixels, its centre of mass in the middle.
 *
 * <p>A digit is one of its {@link Glyphs} whose points are moved a little each, joined by smooth
 * curves, bent by an elastic field, then made wider or narrower, slanted and turned, and drawn with
 * a pen whose thickness and pressure change. Not safe for use by several threads.
 */
final class Handwriting {
  static final int SIDE = 28;
  private static final float MIDDLE =
      14.5f; // where MNIST puts the centre of mass: at pixel 14's centre
  private static final int BOX = 20; // pixels that the ink may be high or wide
  private static final int SPAN = 6; // straight pieces to a curve between two points
  private static final int GRID = 4; // knots of the elastic field along each axis
  private static final int MOST = 256; // vertices; no glyph has half of that

  private final Raster raster = new Raster(SIDE);
  private final float[] xs = new float[MOST];
  private final float[] ys = new float[MOST];
  private final boolean[] lifts = new boolean[MOST]; // the pen is lifted before this vertex
  private final float[] bend = new float[2 * GRID * GRID];
  private int count;

  /**
   * Writes {@code digit} to the 784 bytes of {@code out} from {@code at}; the draws decide on all.
   */
  void write(int digit, Draws draws, byte[] out, int at) {
    var styles = Glyphs.of(digit);
    trace(styles.get(draws.below(styles.size())), draws);
    bend(draws);
    lean(draws, digit);
    float radius = Math.clamp(draws.normal(1.25f, 0.32f), 0.7f, 2.2f) * weight(digit);
    fit(radius);
    raster.clear();
    ink(radius, draws);
    raster.pixels(draws.uniform(0.9f, 1.4f), out, at);
    grain(draws, out, at);
  }

  /**
   * Vertices of the glyph, in units of its height, each point of it moved by the shake of the hand.
   */
  private void trace(Glyph glyph, Draws draws) {
    count = 0;
    float shake = draws.uniform(0.005f, 0.04f);
    for (Stroke stroke : glyph.strokes()) {
      var points =
          stroke.points().stream()
              .map(
                  p ->
                      new Point(draws.normal(p.x(), shake), draws.normal(p.y(), shake), p.corner()))
              .toList();
      lifts[count] = true;
      vertex(points.getFirst().x(), points.getFirst().y());
      for (int i = 1; i < points.size(); i++) {
        Point a = points.get(i - 1);
        Point b = points.get(i);
        Point before = i == 1 || a.corner() ? a : points.get(i - 2);
        Point after = i == points.size() - 1 || b.corner() ? b : points.get(i + 1);
        for (int step = 1; step <= SPAN; step++) {
          float t = (float) step / SPAN;
          vertex(
              curve(before.x(), a.x(), b.x(), after.x(), t),
              curve(before.y(), a.y(), b.y(), after.y(), t));
        }
      }
    }
  }

  private void vertex(float x, float y) {
    xs[count] = x;
    ys[count++] = y;
    lifts[count] = false;
  }

  /**
   * Catmull-Rom: the cubic from b (t = 0) to c (t = 1) that leaves along a to c, arrives along b to
   * d.
   */
  private static float curve(float a, float b, float c, float d, float t) {
    float m0 = (c - a) / 2;
    float m1 = (d - b) / 2;
    float linear = c - b;
    return b + t * (m0 + t * (3 * linear - 2 * m0 - m1 + t * (m0 + m1 - 2 * linear)));
  }

  /**
   * Changes the proportions (what is above the middle to what is below, wide to narrow) and moves
   * the vertices by a random field that is smooth between the knots of a coarse grid.
   */
  private void bend(Draws draws) {
    float strength = draws.uniform(0.01f, 0.055f);
    for (int i = 0; i < bend.length; i++) {
      bend[i] = draws.normal(0, strength);
    }
    float balance = draws.normal(0, 0.18f);
    float taper = draws.normal(0, 0.25f);
    for (int i = 0; i < count; i++) {
      float y = ys[i] - 0.5f;
      xs[i] = 0.3f + (xs[i] - 0.3f) * (1 + taper * y);
      ys[i] += balance * (0.25f - y * y);
      float gx = Math.clamp((xs[i] + 0.1f) / 0.9f, 0f, 0.999f) * (GRID - 1);
      float gy = Math.clamp((ys[i] + 0.1f) / 1.2f, 0f, 0.999f) * (GRID - 1);
      int knot = ((int) gy) * GRID + (int) gx;
      xs[i] += field(knot, gx - (int) gx, gy - (int) gy);
      ys[i] += field(knot + GRID * GRID, gx - (int) gx, gy - (int) gy);
    }
  }

  private float field(int knot, float fx, float fy) {
    float u = fx * fx * (3 - 2 * fx);
    float v = fy * fy * (3 - 2 * fy);
    float above = bend[knot] + u * (bend[knot + 1] - bend[knot]);
    float below = bend[knot + GRID] + u * (bend[knot + GRID + 1] - bend[knot + GRID]);
    return above + v * (below - above);
  }

  /** Widens, slants and turns the digit about its middle. */
  private void lean(Draws draws, int digit) {
    float width = digit == 1 ? 1 : Math.clamp(draws.normal(1.15f, 0.25f), 0.6f, 1.9f);
    float slant = draws.normal(0.16f, 0.25f);
    float turn = draws.normal(0, 0.09f);
    float cos = (float) StrictMath.cos(turn);
    float sin = (float) StrictMath.sin(turn);
    for (int i = 0; i < count; i++) {
      float y = ys[i] - 0.5f;
      float x = (xs[i] - 0.3f) * width - slant * y;
      xs[i] = cos * x - sin * y;
      ys[i] = sin * x + cos * y;
    }
  }

  /**
   * Scales the ink to the box and moves its centre of mass, taken along the strokes, to the middle.
   */
  private void fit(float radius) {
    float left = Float.MAX_VALUE;
    float right = -Float.MAX_VALUE;
    float top = Float.MAX_VALUE;
    float bottom = -Float.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      left = Math.min(left, xs[i]);
      right = Math.max(right, xs[i]);
      top = Math.min(top, ys[i]);
      bottom = Math.max(bottom, ys[i]);
    }
    float scale = (BOX - 2 * radius) / Math.max(right - left, bottom - top);
    float mass = 0;
    float mx = 0;
    float my = 0;
    for (int i = 1; i < count; i++) {
      if (!lifts[i]) {
        float sx = xs[i] - xs[i - 1];
        float sy = ys[i] - ys[i - 1];
        float length = (float) Math.sqrt(sx * sx + sy * sy);
        mass += length;
        mx += length * (xs[i] + xs[i - 1]) / 2;
        my += length * (ys[i] + ys[i - 1]) / 2;
      }
    }
    float dx = shift(mx / mass * scale, left * scale - radius, right * scale + radius);
    float dy = shift(my / mass * scale, top * scale - radius, bottom * scale + radius);
    for (int i = 0; i < count; i++) {
      xs[i] = xs[i] * scale + dx;
      ys[i] = ys[i] * scale + dy;
    }
  }

  /** What brings the centre to the middle, or as near as the ink's two ends allow. */
  private static float shift(float centre, float low, float high) {
    return Math.clamp(MIDDLE - centre, 1 - low, SIDE - 1 - high);
  }

  /** A lone stroke is often fat; the rings of an 8 would fill. */
  private static float weight(int digit) {
    return switch (digit) {
      case 1 -> 1.15f;
      case 8 -> 0.88f;
      default -> 1;
    };
  }

  private void ink(float radius, Draws draws) {
    float pressure = draws.normal(0, 0.1f);
    float swing = draws.normal(0, 0.1f);
    float last = radius;
    for (int i = 0; i < count; i++) {
      float along = 2f * i / count - 1; // -1 where the writing starts, 1 where it ends
      float now = radius * (1 + pressure * along + swing * (1 - 2 * along * along));
      if (i > 0 && !lifts[i]) {
        raster.segment(xs[i - 1], ys[i - 1], last, xs[i], ys[i], now);
      }
      last = now;
    }
  }

  /** The grain of paper and scanner: inked pixels lose a little. */
  private static void grain(Draws draws, byte[] out, int at) {
    int strength = draws.below(32); // of 255
    for (int i = 0; i < SIDE * SIDE; i += Long.BYTES) {
      long bits = draws.bits();
      for (int j = 0; j < Long.BYTES; j++) {
        int value = out[at + i + j] & 0xFF;
        int lost = value * strength * (int) ((bits >>> (8 * j)) & 0xFF);
        out[at + i + j] = (byte) (value - lost / (255 * 255));
      }
    }
  }
}
