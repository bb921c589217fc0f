package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.ZERO;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upToFloats;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link SoftmaxLoops} with the Vector API. */
final class VectorSoftmax implements SoftmaxLoops {
  private static final int LANES = FLOATS.length();
  private static final int PARTS = AttentionLoops.PARTS;

  @Override
  public float most(long x, int n) {
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      most = most.max(floats(x + 4L * i));
    }
    float result = most.reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      result = Math.max(result, Memory.getFloat(x + 4L * i));
    }
    return result;
  }

  @Override
  public float sumOfExponentials(long x, int n, float shift) {
    float[] parts = new float[PARTS];
    for (int part = 0; part < PARTS; part += LANES) {
      sum(x, n, shift, parts, part);
    }
    return AttentionLoops.combined(parts);
  }

  private static void sum(long x, int n, float shift, float[] parts, int part) {
    FloatVector offset = FloatVector.broadcast(FLOATS, shift);
    FloatVector sum = ZERO;
    int i = part;
    for (; i + LANES <= n; i += PARTS) {
      sum = sum.add(VectorMath.exp(floats(x + 4L * i).sub(offset)));
    }
    sum.intoArray(parts, part);
    int end = Math.min(n, i + LANES);
    for (; i < end; i++) {
      parts[i % PARTS] += ScalarMath.exp(Memory.getFloat(x + 4L * i) - shift);
    }
  }

  @Override
  public void exponentials(long x, int n, float shift, float factor, long out) {
    FloatVector offset = FloatVector.broadcast(FLOATS, shift);
    FloatVector times = FloatVector.broadcast(FLOATS, factor);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      put(out + 4L * i, VectorMath.exp(floats(x + 4L * i).sub(offset)).mul(times));
    }
    if (i < n) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.exp(floats(x + 4L * i, mask).sub(offset)).mul(times), mask);
    }
  }
}
