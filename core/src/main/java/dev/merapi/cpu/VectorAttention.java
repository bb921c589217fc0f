package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.ZERO;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.ints;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upToFloats;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link AttentionLoops} with the Vector API. */
final class VectorAttention implements AttentionLoops {
  private static final int LANES = FLOATS.length();
  private static final FloatVector UNIT = FloatVector.broadcast(FLOATS, 0x1p-24f);

  /** Whether rows are a whole number of vectors. */
  static boolean suits() {
    return PARTS % LANES == 0;
  }

  @Override
  public void softmax(long x, int rows, int n, float scale, Sums sums) {
    float[] parts = new float[PARTS];
    for (int row = 0; row < rows; row++) {
      long from = x + row * TileKernel.ROW_STRIDE;
      float shift = ScalarAttention.begin(sums.row(row), most(from, n) * scale);
      exponentials(from, n, scale, -shift, parts);
      ScalarAttention.end(sums.row(row), AttentionLoops.combined(parts));
    }
  }

  private static float most(long x, int n) {
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += LANES) {
      most = most.max(floats(x + 4L * i));
    }
    return most.reduceLanes(VectorOperators.MAX);
  }

  private static void exponentials(long x, int n, float scale, float shift, float[] parts) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector offset = FloatVector.broadcast(FLOATS, shift);
    for (int part = 0; part < PARTS; part += LANES) {
      FloatVector sum = ZERO;
      for (int i = part; i < n; i += PARTS) {
        FloatVector e = VectorMath.exp(floats(x + 4L * i).fma(factor, offset));
        put(x + 4L * i, e);
        sum = sum.add(e);
      }
      sum.intoArray(parts, part);
    }
  }

  @Override
  public void gradients(long s, long dp, long logSum, long delta, float scale, float bias, int n) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector offset = FloatVector.broadcast(FLOATS, bias);
    for (int i = 0; i < n; i += LANES) {
      FloatVector t = floats(s + 4L * i).fma(factor, offset);
      FloatVector p = VectorMath.exp(t.sub(floats(logSum + 4L * i)));
      FloatVector d = floats(dp + 4L * i).sub(floats(delta + 4L * i));
      put(s + 4L * i, p);
      put(dp + 4L * i, p.mul(d).mul(factor));
    }
  }

  @Override
  public void gradientsKept(
      long s, long dp, long kept, long logSum, long delta, float scale, float bias, int n) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector offset = FloatVector.broadcast(FLOATS, bias);
    for (int i = 0; i < n; i += LANES) {
      FloatVector t = floats(s + 4L * i).fma(factor, offset);
      FloatVector p = VectorMath.exp(t.sub(floats(logSum + 4L * i)));
      FloatVector k = floats(kept + 4L * i);
      FloatVector d = floats(dp + 4L * i).mul(k).sub(floats(delta + 4L * i));
      put(s + 4L * i, p.mul(k));
      put(dp + 4L * i, p.mul(d).mul(factor));
    }
  }

  @Override
  public void scaleAndAdd(long x, float scale, long y, int n) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    for (int i = 0; i < n; i += LANES) {
      put(x + 4L * i, floats(x + 4L * i).fma(factor, floats(y + 4L * i)));
    }
  }

  @Override
  public void multiply(long x, long y, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(x + 4L * i, floats(x + 4L * i).mul(floats(y + 4L * i)));
    }
  }

  @Override
  public void scaled(long x, float factor, long out, int n) {
    FloatVector f = FloatVector.broadcast(FLOATS, factor);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      put(out + 4L * i, f.mul(floats(x + 4L * i)));
    }
    if (i < n) {
      var mask = upToFloats(n - i);
      f.mul(floats(x + 4L * i, mask))
          .intoMemorySegment(Memory.ALL, out + 4L * i, Memory.ORDER, mask);
    }
  }

  @Override
  public float dot(long x, long y, int n) {
    float[] parts = new float[PARTS];
    for (int part = 0; part < PARTS; part += LANES) {
      FloatVector sum = ZERO;
      int i = part;
      for (; i + LANES <= n; i += PARTS) {
        sum = floats(x + 4L * i).fma(floats(y + 4L * i), sum);
      }
      if (i < n) {
        var mask = upToFloats(n - i);
        sum = sum.blend(floats(x + 4L * i, mask).fma(floats(y + 4L * i, mask), sum), mask);
      }
      sum.intoArray(parts, part);
    }
    return AttentionLoops.combined(parts);
  }

  @Override
  public void dropout(long key, long first, int n, float keep, float value, long out, long words) {
    int ahead = (int) (first % 4);
    RandomLoops.words(key, first / 4, words, Math.ceilDiv(ahead + n, 4));
    FloatVector limit = FloatVector.broadcast(FLOATS, keep);
    for (int i = 0; i < n; i += LANES) {
      var high = ints(words + 4L * (ahead + i)).lanewise(VectorOperators.LSHR, 8);
      FloatVector drawn = ((FloatVector) high.convert(VectorOperators.I2F, 0)).mul(UNIT);
      put(out + 4L * i, ZERO.blend(value, drawn.compare(VectorOperators.LT, limit)));
    }
  }
}
