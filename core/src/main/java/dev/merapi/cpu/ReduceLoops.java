package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upToFloats;

import dev.merapi.graph.ReduceKind;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows of floats made {@link #PARTIALS} partial results. {@link Loops#reduce} defines 32 of them,
 * whatever the vector's width: narrow vectors pass over the row several times, two chains a pass;
 * where one pass does it, its two chains are the first halves to combine.
 */
final class ReduceLoops {
  private static final int LANES = FLOATS.length();
  private static final int ALL = 32;

  /** Partial results that the loops leave. */
  static final int PARTIALS = Math.max(LANES, ALL / 2) == LANES ? LANES : ALL;

  /** Bring the other half of the lanes to the first. */
  private static final VectorShuffle<Float> EIGHT = from(8);

  private static final VectorShuffle<Float> FOUR = from(4);
  private static final VectorShuffle<Float> TWO = from(2);
  private static final VectorShuffle<Float> ONE = from(1);

  private ReduceLoops() {}

  /** The loop from n rows, each no longer than a vector, whose step is their bytes, or none. */
  static Optional<UnaryLoop> ofShort(ReduceKind kind) {
    return switch (kind) {
      case SUM -> Optional.of(ReduceLoops::sumShort);
      case MAX -> Optional.of(ReduceLoops::maxShort);
      case MIN -> Optional.of(ReduceLoops::minShort);
      case PROD -> Optional.empty();
    };
  }

  /** The loop from a row, whose step must be 4, to its partial results, or none. */
  static Optional<UnaryLoop> of(ReduceKind kind) {
    return switch (kind) {
      case SUM -> Optional.of(ReduceLoops::sum);
      case MAX -> Optional.of(ReduceLoops::max);
      case MIN -> Optional.of(ReduceLoops::min);
      case PROD -> Optional.empty();
    };
  }

  private static void sum(long x, int xStep, long partials, int n) {
    for (int first = 0; first < ALL; first += 2 * LANES) {
      var p = FloatVector.broadcast(FLOATS, 0);
      var q = p;
      int i = first;
      for (; i + 2 * LANES <= n; i += ALL) {
        p = p.add(floats(x + 4L * i));
        q = q.add(floats(x + 4L * (i + LANES)));
      }
      if (i < n) {
        var mask = upToFloats(n - i);
        p = p.lanewise(VectorOperators.ADD, floats(x + 4L * i, mask), mask);
        mask = upToFloats(Math.max(0, n - i - LANES));
        q = q.lanewise(VectorOperators.ADD, floats(x + 4L * (i + LANES), mask), mask);
      }
      if (PARTIALS == LANES) {
        put(partials, p.add(q));
      } else {
        put(partials + 4L * first, p);
        put(partials + 4L * (first + LANES), q);
      }
    }
  }

  private static void max(long x, int xStep, long partials, int n) {
    for (int first = 0; first < ALL; first += 2 * LANES) {
      var p = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      var q = p;
      int i = first;
      for (; i + 2 * LANES <= n; i += ALL) {
        p = p.max(floats(x + 4L * i));
        q = q.max(floats(x + 4L * (i + LANES)));
      }
      if (i < n) {
        var mask = upToFloats(n - i);
        p = p.lanewise(VectorOperators.MAX, floats(x + 4L * i, mask), mask);
        mask = upToFloats(Math.max(0, n - i - LANES));
        q = q.lanewise(VectorOperators.MAX, floats(x + 4L * (i + LANES), mask), mask);
      }
      if (PARTIALS == LANES) {
        put(partials, p.max(q));
      } else {
        put(partials + 4L * first, p);
        put(partials + 4L * (first + LANES), q);
      }
    }
  }

  private static void min(long x, int xStep, long partials, int n) {
    for (int first = 0; first < ALL; first += 2 * LANES) {
      var p = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
      var q = p;
      int i = first;
      for (; i + 2 * LANES <= n; i += ALL) {
        p = p.min(floats(x + 4L * i));
        q = q.min(floats(x + 4L * (i + LANES)));
      }
      if (i < n) {
        var mask = upToFloats(n - i);
        p = p.lanewise(VectorOperators.MIN, floats(x + 4L * i, mask), mask);
        mask = upToFloats(Math.max(0, n - i - LANES));
        q = q.lanewise(VectorOperators.MIN, floats(x + 4L * (i + LANES), mask), mask);
      }
      if (PARTIALS == LANES) {
        put(partials, p.min(q));
      } else {
        put(partials + 4L * first, p);
        put(partials + 4L * (first + LANES), q);
      }
    }
  }

  private static void sumShort(long x, int rowBytes, long out, int n) {
    var start = FloatVector.broadcast(FLOATS, 0);
    var mask = upToFloats(rowBytes / 4);
    for (int row = 0; row < n; row++) {
      var p = start.lanewise(VectorOperators.ADD, floats(x + (long) rowBytes * row, mask), mask);
      p = LANES > 8 ? p.add(p.rearrange(EIGHT)) : p;
      p = LANES > 4 ? p.add(p.rearrange(FOUR)) : p;
      p = p.add(p.rearrange(TWO));
      p = p.add(p.rearrange(ONE));
      Memory.setFloat(out + 4L * row, p.lane(0));
    }
  }

  private static void maxShort(long x, int rowBytes, long out, int n) {
    var start = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    var mask = upToFloats(rowBytes / 4);
    for (int row = 0; row < n; row++) {
      var p = start.lanewise(VectorOperators.MAX, floats(x + (long) rowBytes * row, mask), mask);
      p = LANES > 8 ? p.max(p.rearrange(EIGHT)) : p;
      p = LANES > 4 ? p.max(p.rearrange(FOUR)) : p;
      p = p.max(p.rearrange(TWO));
      p = p.max(p.rearrange(ONE));
      Memory.setFloat(out + 4L * row, p.lane(0));
    }
  }

  private static void minShort(long x, int rowBytes, long out, int n) {
    var start = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    var mask = upToFloats(rowBytes / 4);
    for (int row = 0; row < n; row++) {
      var p = start.lanewise(VectorOperators.MIN, floats(x + (long) rowBytes * row, mask), mask);
      p = LANES > 8 ? p.min(p.rearrange(EIGHT)) : p;
      p = LANES > 4 ? p.min(p.rearrange(FOUR)) : p;
      p = p.min(p.rearrange(TWO));
      p = p.min(p.rearrange(ONE));
      Memory.setFloat(out + 4L * row, p.lane(0));
    }
  }

  private static VectorShuffle<Float> from(int half) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + half) % LANES);
  }
}
