package dev.merapi.cpu;

/** {@link SoftmaxLoops} one by one. */
final class ScalarSoftmax implements SoftmaxLoops {

  @Override
  public float most(long x, int n) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, Memory.getFloat(x + 4L * i));
    }
    return most;
  }

  @Override
  public float sumOfExponentials(long x, int n, float shift) {
    float[] parts = new float[AttentionLoops.PARTS];
    for (int i = 0; i < n; i++) {
      parts[i % parts.length] += ScalarMath.exp(Memory.getFloat(x + 4L * i) - shift);
    }
    return AttentionLoops.combined(parts);
  }

  @Override
  public void exponentials(long x, int n, float shift, float factor, long out) {
    for (int i = 0; i < n; i++) {
      float e = ScalarMath.exp(Memory.getFloat(x + 4L * i) - shift);
      Memory.setFloat(out + 4L * i, e * factor);
    }
  }
}
