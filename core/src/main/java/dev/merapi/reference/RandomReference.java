package dev.merapi.reference;

import dev.merapi.graph.Op.Random.Distribution;
import dev.merapi.graph.Philox;

/** Random numbers by the definition in {@link dev.merapi.graph.Op.Random}. */
final class RandomReference {
  private RandomReference() {}

  static double[] draw(Distribution distribution, long key, int n) {
    double[] result = new double[n];
    long[] block = new long[2];
    for (int i = 0; i < n; i++) {
      Philox.block(key, i / 4, 0, block);
      long pair = block[(i % 4) / 2];
      double first = unit((int) pair);
      double second = unit((int) (pair >>> 32));
      boolean odd = i % 2 == 1;
      result[i] =
          switch (distribution) {
            case UNIFORM -> odd ? second : first;
            case NORMAL -> {
              double radius = Math.sqrt(-2 * Math.log(1 - first)); // 1 - u lies in (0, 1]
              double angle = 2 * Math.PI * second;
              yield radius * (odd ? Math.sin(angle) : Math.cos(angle));
            }
          };
    }
    return result;
  }

  private static double unit(int word) {
    return (word >>> 8) * 0x1p-24;
  }
}
