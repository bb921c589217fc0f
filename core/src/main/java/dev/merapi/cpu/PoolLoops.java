package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.INTS;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upTo;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** The greatest elements of windows that lie 1 or 2 places apart. */
final class PoolLoops {
  private static final int LANES = FLOATS.length();

  /** Numbers of the lanes. */
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  /** The even lanes, twice. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, i -> 2 * i % LANES);

  private static final VectorMask<Float> UPPER =
      VectorMask.fromLong(FLOATS, (1L << LANES) - (1L << (LANES / 2)));

  private PoolLoops() {}

  /** {@link Loops#firstGreatest}; reads {@code stride} whole vectors for each of windows. */
  static void firstGreatest(int[] offsets, long x, int place, int stride, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      int first = place + i * stride;
      IntVector start = LANE.mul(stride);
      IntVector best = start.add(first + offsets[0]);
      FloatVector greatest = elements(x + 4L * (first + offsets[0]), stride);
      for (int tap = 1; tap < offsets.length; tap++) {
        int at = first + offsets[tap];
        FloatVector value = elements(x + 4L * at, stride);
        // not (value <= greatest) is true where value is NaN, but must not be where greatest is
        var better =
            value
                .compare(VectorOperators.LE, greatest)
                .not()
                .and(greatest.compare(VectorOperators.EQ, greatest));
        greatest = greatest.blend(value, better);
        best = best.blend(start.add(at), better.cast(INTS));
      }
      if (i + LANES <= n) {
        put(out + 4L * i, best);
      } else {
        put(out + 4L * i, best, upTo(n - i));
      }
    }
  }

  /** Every element, or every second. */
  private static FloatVector elements(long x, int stride) {
    FloatVector first = floats(x);
    if (stride == 1) {
      return first;
    }
    FloatVector second = floats(x + 4L * LANES);
    return first.rearrange(EVEN).blend(second.rearrange(EVEN), UPPER);
  }
}
