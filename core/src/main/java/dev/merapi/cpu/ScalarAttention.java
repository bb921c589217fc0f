package dev.merapi.cpu;

import dev.merapi.graph.Philox;

/** {@link AttentionLoops} one by one. */
final class ScalarAttention implements AttentionLoops {

  @Override
  public void softmax(long x, int rows, int n, float scale, Sums sums) {
    float[] parts = new float[PARTS];
    for (int row = 0; row < rows; row++) {
      long from = x + row * TileKernel.ROW_STRIDE;
      float most = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        most = Math.max(most, Memory.getFloat(from + 4L * i));
      }
      float shift = begin(sums.row(row), most * scale);
      java.util.Arrays.fill(parts, 0);
      for (int i = 0; i < n; i++) {
        float e = ScalarMath.exp(Math.fma(Memory.getFloat(from + 4L * i), scale, -shift));
        Memory.setFloat(from + 4L * i, e);
        parts[i % PARTS] += e;
      }
      end(sums.row(row), AttentionLoops.combined(parts));
    }
  }

  /** Takes in a block's greatest score; what is to be subtracted from its scores. */
  static float begin(Sums row, float most) {
    float before = Memory.getFloat(row.most());
    float now = Math.max(before, most);
    float shift = now == Float.NEGATIVE_INFINITY ? 0 : now;
    Memory.setFloat(row.most(), now);
    Memory.setFloat(row.factor(), ScalarMath.exp(before - shift));
    return shift;
  }

  /** Takes in a block's sum. */
  static void end(Sums row, float sum) {
    float before = Memory.getFloat(row.total());
    Memory.setFloat(row.total(), Math.fma(before, Memory.getFloat(row.factor()), sum));
  }

  @Override
  public void gradients(long s, long dp, long logSum, long delta, float scale, float bias, int n) {
    for (int i = 0; i < n; i++) {
      float p = probability(s + 4L * i, scale, bias, logSum + 4L * i);
      float d = Memory.getFloat(dp + 4L * i) - Memory.getFloat(delta + 4L * i);
      Memory.setFloat(s + 4L * i, p);
      Memory.setFloat(dp + 4L * i, p * d * scale);
    }
  }

  @Override
  public void gradientsKept(
      long s, long dp, long kept, long logSum, long delta, float scale, float bias, int n) {
    for (int i = 0; i < n; i++) {
      float p = probability(s + 4L * i, scale, bias, logSum + 4L * i);
      float k = Memory.getFloat(kept + 4L * i);
      float d = Memory.getFloat(dp + 4L * i) * k - Memory.getFloat(delta + 4L * i);
      Memory.setFloat(s + 4L * i, p * k);
      Memory.setFloat(dp + 4L * i, p * d * scale);
    }
  }

  private static float probability(long score, float scale, float bias, long logSum) {
    float t = Math.fma(Memory.getFloat(score), scale, bias);
    return ScalarMath.exp(t - Memory.getFloat(logSum));
  }

  @Override
  public void scaleAndAdd(long x, float scale, long y, int n) {
    for (int i = 0; i < n; i++) {
      float sum = Math.fma(Memory.getFloat(x + 4L * i), scale, Memory.getFloat(y + 4L * i));
      Memory.setFloat(x + 4L * i, sum);
    }
  }

  @Override
  public void multiply(long x, long y, int n) {
    for (int i = 0; i < n; i++) {
      Memory.setFloat(x + 4L * i, Memory.getFloat(x + 4L * i) * Memory.getFloat(y + 4L * i));
    }
  }

  @Override
  public void scaled(long x, float factor, long out, int n) {
    for (int i = 0; i < n; i++) {
      Memory.setFloat(out + 4L * i, factor * Memory.getFloat(x + 4L * i));
    }
  }

  @Override
  public float dot(long x, long y, int n) {
    float[] parts = new float[PARTS];
    for (int i = 0; i < n; i++) {
      float a = Memory.getFloat(x + 4L * i);
      parts[i % PARTS] = Math.fma(a, Memory.getFloat(y + 4L * i), parts[i % PARTS]);
    }
    return AttentionLoops.combined(parts);
  }

  @Override
  public void dropout(long key, long first, int n, float keep, float value, long out, long words) {
    long[] block = new long[2];
    long at = -1;
    for (int i = 0; i < n; i++) {
      long number = first + i;
      if (number / 4 != at) {
        at = number / 4;
        Philox.block(key, at, 0, block);
      }
      int word = (int) (block[(int) (number % 4) / 2] >>> (32 * (number % 2)));
      Memory.setFloat(out + 4L * i, (word >>> 8) * 0x1p-24f < keep ? value : 0);
    }
  }
}
