package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Op.Random.Distribution;
import dev.merapi.graph.Philox;

/**
 * {@link Kernel.Random}, in chunks of blocks of four numbers. For normal numbers a pair (u, v) of
 * uniform ones becomes r cos 2πv and r sin 2πv, r = √(-2 ln(1 - u)).
 */
final class RandomNumbers {
  /** Blocks of a chunk; a multiple of the blocks in any vector. */
  static final int CHUNK = 256;

  /** Bytes that a chunk wants to work in, besides its result. */
  static final int WORKSPACE = 32 * CHUNK;

  private static final float TWO_PI = (float) (2 * Math.PI);

  private RandomNumbers() {}

  static void draw(ComputePool pool, Loops loops, Kernel.Random k, long[] buffers) {
    long key = Memory.getLong(buffers[k.key()]);
    int numbers = 4 * CHUNK;
    boolean normal = k.distribution() == Distribution.NORMAL;
    Ranges.run(
        pool,
        Math.ceilDiv(k.n(), numbers),
        (normal ? 40L : 20L) * numbers,
        (from, to) -> {
          long memory = Workspace.local().memory(WORKSPACE + 4L * numbers);
          for (long chunk = from; chunk < to; chunk++) {
            long out = buffers[k.out()] + 4L * numbers * chunk;
            int n = (int) Math.min(numbers, k.n() - numbers * chunk);
            long target = n == numbers ? out : memory + WORKSPACE;
            loops.random(k.distribution(), key, chunk * CHUNK, target, memory);
            if (n < numbers) {
              Memory.copy(target, out, 4L * n);
            }
          }
        });
  }

  /** A chunk one by one. */
  static void chunk(Distribution distribution, long key, long firstBlock, long out) {
    long[] words = Workspace.local().longs(2);
    for (int block = 0; block < CHUNK; block++) {
      Philox.block(key, firstBlock + block, 0, words);
      pair(distribution, words[0], out + 16L * block);
      pair(distribution, words[1], out + 16L * block + 8);
    }
  }

  private static void pair(Distribution distribution, long words, long out) {
    float u = uniform((int) words);
    float v = uniform((int) (words >>> 32));
    switch (distribution) {
      case UNIFORM -> {
        Memory.setFloat(out, u);
        Memory.setFloat(out + 4, v);
      }
      case NORMAL -> {
        float radius = (float) Math.sqrt(ScalarMath.log(1 - u) * -2);
        Memory.setFloat(out, radius * sineOfTurns(v, 1));
        Memory.setFloat(out + 4, radius * sineOfTurns(v, 0));
      }
    }
  }

  private static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** sin 2π(v + quarter / 4); the nearest quarter of v is exact, and so is what is left. */
  private static float sineOfTurns(float v, int quarter) {
    float shifted = v * 4 + Coefficients.ROUNDER;
    float rest = Math.fma(shifted - Coefficients.ROUNDER, -0.25f, v) * TWO_PI;
    int q = Float.floatToRawIntBits(shifted) + quarter;
    float y = (q & 1) == 0 ? ScalarMath.sineReduced(rest) : ScalarMath.cosineReduced(rest);
    return (q & 2) == 0 ? y : -y;
  }
}
