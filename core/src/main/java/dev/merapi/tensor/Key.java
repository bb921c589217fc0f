package dev.merapi.tensor;

import dev.merapi.graph.Op;
import dev.merapi.graph.Op.Random.Distribution;
import dev.merapi.graph.Philox;

/**
 * A key to random numbers: the same key gives the same numbers on every machine and with any number
 * of threads. Keys are values; take a fresh one for each use by {@link #fold} or {@link #split}.
 * Counter-based, Philox 4x32-10 (Salmon et al., 2011).
 */
public record Key(long value) {

  /** The key of a seed. */
  public static Key of(long seed) {
    return new Key(Philox.derive(seed, 0x9E3779B97F4A7C15L));
  }

  /** The i-th key derived from this one. */
  public Key fold(long i) {
    return new Key(Philox.derive(value, i));
  }

  /** {@code n} independent keys: {@code fold(0) … fold(n - 1)}. */
  public Key[] split(int n) {
    Key[] keys = new Key[n];
    for (int i = 0; i < n; i++) {
      keys[i] = fold(i);
    }
    return keys;
  }

  /** f32 numbers, uniform in [0, 1), multiples of 2⁻²⁴. */
  public Tensor uniform(int... shape) {
    return draw(Distribution.UNIFORM, shape);
  }

  /** f32 numbers, uniform in [low, high). */
  public Tensor uniform(double low, double high, Shape shape) {
    return uniform(shape.toArray()).mul(high - low).add(low);
  }

  /** f32 numbers, normal with mean 0 and standard deviation 1 (Box-Muller). */
  public Tensor normal(int... shape) {
    return draw(Distribution.NORMAL, shape);
  }

  /** bool values, true with probability p. */
  public Tensor bernoulli(double p, int... shape) {
    return uniform(shape).lt(Tensor.scalar((float) p));
  }

  /** A random order of the numbers 0 … n-1, drawn at once (Fisher-Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      long bits = Philox.derive(value, i);
      int j = (int) Math.multiplyHigh(bits >>> 1, 2L * (i + 1));
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  private Tensor draw(Distribution distribution, int... shape) {
    return new Tensor(new Op.Random(distribution, Tensor.of(new long[] {value}), Shape.of(shape)));
  }
}
