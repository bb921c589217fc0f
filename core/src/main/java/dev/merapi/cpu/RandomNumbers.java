package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Op;
import dev.merapi.graph.Philox;

/** {@link Kernel.Random}: blocks of four words, each made two pairs of numbers. */
final class RandomNumbers {
  private static final float TWO_PI = (float) (2 * Math.PI);

  private RandomNumbers() {}

  static void draw(ComputePool pool, Kernel.Random k, long[] buffers) {
    long key = Memory.getLong(buffers[k.key()]);
    long out = buffers[k.out()];
    boolean normal = k.distribution() == Op.Random.Distribution.NORMAL;
    Ranges.run(
        pool,
        Math.ceilDiv(k.n(), 4),
        normal ? 200 : 100,
        (from, to) -> {
          long[] words = Workspace.local().longs(2);
          for (long block = from; block < to; block++) {
            Philox.block(key, block, 0, words);
            pair(normal, words[0], out, 4 * block, k.n());
            pair(normal, words[1], out, 4 * block + 2, k.n());
          }
        });
  }

  private static void pair(boolean normal, long words, long out, long i, long n) {
    float first = uniform((int) words);
    float second = uniform((int) (words >>> 32));
    if (normal) {
      float radius = (float) Math.sqrt(-2 * ScalarMath.log(1 - first));
      // the angle's quarter is exact, and so is what is left of it
      int quarter = (int) (second * 4 + 0.5f);
      float rest = (second - quarter * 0.25f) * TWO_PI;
      float sine = ScalarMath.sineReduced(rest);
      float cosine = ScalarMath.cosineReduced(rest);
      float x = (quarter & 1) == 0 ? cosine : sine;
      float y = (quarter & 1) == 0 ? sine : cosine;
      first = radius * (quarter == 1 || quarter == 2 ? -x : x);
      second = radius * (quarter == 2 || quarter == 3 ? -y : y);
    }
    if (i < n) {
      Memory.setFloat(out + 4 * i, first);
    }
    if (i + 1 < n) {
      Memory.setFloat(out + 4 * i + 4, second);
    }
  }

  private static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }
}
