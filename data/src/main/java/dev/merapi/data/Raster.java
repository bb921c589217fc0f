package dev.merapi.data;

import java.util.Arrays;

/**
 * Draws thick round-ended line segments on a small grey picture, antialiased.
 *
 * <p>Each pixel keeps the distance from its centre to the edge of the nearest stroke, negative
 * inside; {@link #pixels} turns distances to ink. Overlapping strokes therefore never add up to a
 * dark seam.
 */
final class Raster {
  private final int side;
  private final float[] distance;

  Raster(int side) {
    this.side = side;
    distance = new float[side * side];
    clear();
  }

  void clear() {
    Arrays.fill(distance, Float.MAX_VALUE);
  }

  /** A segment from (x0, y0) with radius r0 to (x1, y1) with radius r1, in pixels. */
  void segment(float x0, float y0, float r0, float x1, float y1, float r1) {
    float reach = Math.max(r0, r1) + 2;
    int left = Math.max(0, (int) (Math.min(x0, x1) - reach));
    int right = Math.min(side - 1, (int) (Math.max(x0, x1) + reach));
    int top = Math.max(0, (int) (Math.min(y0, y1) - reach));
    int bottom = Math.min(side - 1, (int) (Math.max(y0, y1) + reach));
    float dx = x1 - x0;
    float dy = y1 - y0;
    float perLength = 1 / Math.max(dx * dx + dy * dy, 1e-12f);
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        float px = column + 0.5f - x0;
        float py = row + 0.5f - y0;
        float along = Math.clamp((px * dx + py * dy) * perLength, 0f, 1f);
        float ex = px - along * dx;
        float ey = py - along * dy;
        float d = (float) Math.sqrt(ex * ex + ey * ey) - (r0 + along * (r1 - r0));
        int at = row * side + column;
        distance[at] = Math.min(distance[at], d);
      }
    }
  }

  /**
   * Writes the picture to {@code out} from {@code at}: 0 is paper and 255 is full ink. Ink fades
   * over {@code softness} pixels about the edge of a stroke.
   */
  void pixels(float softness, byte[] out, int at) {
    for (int i = 0; i < distance.length; i++) {
      float t = Math.clamp(0.5f - distance[i] / softness, 0f, 1f);
      out[at + i] = (byte) (int) (255 * t * t * (3 - 2 * t) + 0.5f);
    }
  }
}
