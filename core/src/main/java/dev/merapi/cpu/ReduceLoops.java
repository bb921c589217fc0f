package dev.merapi.cpu;

import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upToFloats;
import static dev.merapi.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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

  private ReduceLoops() {}

  static void sum(long x, int n, long partials) {
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

  static void max(long x, int n, long partials) {
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

  static void min(long x, int n, long partials) {
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
}
