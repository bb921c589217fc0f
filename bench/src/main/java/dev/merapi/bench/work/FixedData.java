package dev.merapi.bench.work;

/**
 * Random data that are the same for every engine and in every run: element {@code i} of stream
 * {@code s} is SplitMix64's finaliser (Steele et al., 2014) of {@code (s << 40) + i}.
 */
public final class FixedData {
  private FixedData() {}

  /** Numbers in [0, 1), multiples of 2⁻²⁴. */
  public static float[] uniform(long stream, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (mixed(stream, i) >>> 40) * 0x1p-24f;
    }
    return values;
  }

  /** Whole numbers in [0, bound). */
  public static int[] below(long stream, int count, int bound) {
    var values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = (int) ((mixed(stream, i) >>> 33) % bound);
    }
    return values;
  }

  private static long mixed(long stream, long i) {
    long z = ((stream << 40) + i) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
