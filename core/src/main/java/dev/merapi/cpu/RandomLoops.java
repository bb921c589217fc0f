package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.*;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.ints;
import static dev.merapi.cpu.VectorLoops.put;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The loops behind {@link RandomNumbers}, over whole vectors. */
final class RandomLoops {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int BLOCKS = LONGS.length();
  private static final int LANES = FLOATS.length();

  private static final long LOW = 0xFFFFFFFFL;
  private static final LongVector LOWS = LongVector.broadcast(LONGS, LOW);
  private static final LongVector M0 = LongVector.broadcast(LONGS, 0xD2511F53L);
  private static final LongVector M1 = LongVector.broadcast(LONGS, 0xCD9E8D57L);
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final LongVector NUMBERS = LongVector.zero(LONGS).addIndex(1);

  /** Each lane of the first, or of the second, half twice. */
  private static final VectorShuffle<Long> FIRST_HALF = VectorShuffle.fromOp(LONGS, i -> i / 2);

  private static final VectorShuffle<Long> SECOND_HALF =
      VectorShuffle.fromOp(LONGS, i -> (i + BLOCKS) / 2);
  private static final VectorMask<Long> ODD_LONGS = VectorMask.fromLong(LONGS, 0xAAAAAAAAL);

  private static final VectorShuffle<Float> FIRST_FLOATS = VectorShuffle.fromOp(FLOATS, i -> i / 2);
  private static final VectorShuffle<Float> SECOND_FLOATS =
      VectorShuffle.fromOp(FLOATS, i -> (i + LANES) / 2);
  private static final VectorMask<Float> ODD_FLOATS = VectorMask.fromLong(FLOATS, 0xAAAAAAAAL);

  private static final VectorShuffle<Integer> EVENS =
      VectorShuffle.fromOp(INTS, i -> 2 * i % LANES);
  private static final VectorShuffle<Integer> ODDS =
      VectorShuffle.fromOp(INTS, i -> (2 * i + 1) % LANES);
  private static final VectorMask<Integer> UPPER =
      VectorMask.fromLong(INTS, (1L << LANES) - (1L << (LANES / 2)));

  private static final FloatVector UNIT = FloatVector.broadcast(FLOATS, 0x1p-24f);
  private static final FloatVector FOUR = FloatVector.broadcast(FLOATS, 4);
  private static final FloatVector MINUS_QUARTER = FloatVector.broadcast(FLOATS, -0.25f);
  private static final FloatVector TWO_PI = FloatVector.broadcast(FLOATS, (float) (2 * Math.PI));

  private RandomLoops() {}

  /** The words of n blocks of {@link dev.merapi.graph.Philox}, a lane each. */
  static void words(long key, long firstBlock, long out, int n) {
    for (int block = 0; block < n; block += BLOCKS) {
      LongVector counter = NUMBERS.add(firstBlock + block);
      LongVector c0 = counter.and(LOWS);
      LongVector c1 = counter.lanewise(VectorOperators.LSHR, 32);
      LongVector c2 = LongVector.zero(LONGS);
      LongVector c3 = c2;
      int k0 = (int) key;
      int k1 = (int) (key >>> 32);
      for (int round = 0; round < 10; round++) {
        LongVector p0 = c0.mul(M0);
        LongVector p1 = c2.mul(M1);
        c0 = high(p1, c1, k0);
        c2 = high(p0, c3, k1);
        c1 = p1.and(LOWS);
        c3 = p0.and(LOWS);
        k0 += W0;
        k1 += W1;
      }
      LongVector a = c1.lanewise(VectorOperators.LSHL, 32).or(c0);
      LongVector b = c3.lanewise(VectorOperators.LSHL, 32).or(c2);
      long to = out + 16L * block;
      a.rearrange(FIRST_HALF)
          .blend(b.rearrange(FIRST_HALF), ODD_LONGS)
          .intoMemorySegment(Memory.ALL, to, Memory.ORDER);
      a.rearrange(SECOND_HALF)
          .blend(b.rearrange(SECOND_HALF), ODD_LONGS)
          .intoMemorySegment(Memory.ALL, to + 8L * BLOCKS, Memory.ORDER);
    }
  }

  private static LongVector high(LongVector product, LongVector c, int k) {
    return product
        .lanewise(VectorOperators.LSHR, 32)
        .lanewise(VectorOperators.XOR, c)
        .lanewise(VectorOperators.XOR, k & LOW);
  }

  /** Words made uniform numbers. */
  static void uniform(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, unit(ints(x + 4L * i)));
    }
  }

  /** Every second of 2 n words, made uniform. */
  static void evens(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, unit(second(x + 8L * i, EVENS)));
    }
  }

  /** The others. */
  static void odds(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, unit(second(x + 8L * i, ODDS)));
    }
  }

  private static IntVector second(long x, VectorShuffle<Integer> which) {
    return ints(x).rearrange(which).blend(ints(x + 4L * LANES).rearrange(which), UPPER);
  }

  private static FloatVector unit(IntVector words) {
    var high = words.lanewise(VectorOperators.LSHR, 8);
    return ((FloatVector) high.convert(VectorOperators.I2F, 0)).mul(UNIT);
  }

  static void sineOfTurns(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, turned(floats(x + 4L * i), 0));
    }
  }

  static void cosineOfTurns(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, turned(floats(x + 4L * i), 1));
    }
  }

  /** As in {@link RandomNumbers}. */
  private static FloatVector turned(FloatVector v, int quarter) {
    FloatVector shifted = v.mul(FOUR).add(ROUNDER);
    FloatVector rest = shifted.sub(ROUNDER).fma(MINUS_QUARTER, v).mul(TWO_PI);
    IntVector q = shifted.reinterpretAsInts().add(quarter);
    var odd = q.and(INT_ONE).compare(VectorOperators.EQ, INT_ONE).cast(FLOATS);
    FloatVector y = VectorMath.sineReduced(rest).blend(VectorMath.cosineReduced(rest), odd);
    IntVector sign = q.and(INT_TWO).lanewise(VectorOperators.LSHL, 30);
    return y.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
  }

  /** n numbers of x and of y in turn. */
  static void inTurn(long x, int xStep, long y, int yStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector p = floats(x + 4L * i);
      FloatVector q = floats(y + 4L * i);
      put(out + 8L * i, p.rearrange(FIRST_FLOATS).blend(q.rearrange(FIRST_FLOATS), ODD_FLOATS));
      put(
          out + 8L * i + 4L * LANES,
          p.rearrange(SECOND_FLOATS).blend(q.rearrange(SECOND_FLOATS), ODD_FLOATS));
    }
  }
}
