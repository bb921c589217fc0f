package dev.merapi.graph;

/**
 * Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy
 * as 1, 2, 3" (2011): four 32-bit words for each 64-bit key and 128-bit counter.
 */
public final class Philox {
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /**
   * The words {@code (x0, x1)} in the low half and {@code (x2, x3)} of a block, as two longs in
   * {@code out[0..1]}.
   */
  public static void block(long key, long counterLow, long counterHigh, long[] out) {
    int c0 = (int) counterLow;
    int c1 = (int) (counterLow >>> 32);
    int c2 = (int) counterHigh;
    int c3 = (int) (counterHigh >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = M0 * (c0 & LOW);
      long p1 = M1 * (c2 & LOW);
      int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      c0 = n0;
      c2 = n2;
      k0 += W0;
      k1 += W1;
    }
    out[0] = (c0 & LOW) | ((long) c1 << 32);
    out[1] = (c2 & LOW) | ((long) c3 << 32);
  }

  /** A new 64-bit key from a key and a number. */
  public static long derive(long key, long number) {
    long[] out = new long[2];
    block(key, number, 0x6D657261_70694B31L, out);
    return out[0];
  }
}
