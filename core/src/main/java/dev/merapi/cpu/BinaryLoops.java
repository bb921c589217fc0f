package dev.merapi.cpu;

import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.ints;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upTo;
import static dev.merapi.cpu.VectorLoops.upToFloats;
import static dev.merapi.cpu.VectorMath.FLOATS;
import static dev.merapi.cpu.VectorMath.INTS;

import dev.merapi.graph.Op;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of two lanes, each a loop. */
final class BinaryLoops {
  private static final int LANES = FLOATS.length();

  private static final IntVector ZERO = IntVector.zero(INTS);

  private BinaryLoops() {}

  /** False where there is no such loop. */
  static boolean ofFloats(
      Op.BinaryKind kind, long a, int aStep, long b, int bStep, long out, int n) {
    switch (kind) {
      case ADD -> add(a, aStep, b, bStep, out, n);
      case SUB -> subtract(a, aStep, b, bStep, out, n);
      case MUL -> multiply(a, aStep, b, bStep, out, n);
      case DIV -> divide(a, aStep, b, bStep, out, n);
      case MAX -> max(a, aStep, b, bStep, out, n);
      case MIN -> min(a, aStep, b, bStep, out, n);
      case EQ -> equal(a, aStep, b, bStep, out, n);
      case NE -> unequal(a, aStep, b, bStep, out, n);
      case LT -> less(a, aStep, b, bStep, out, n);
      case LE -> lessOrEqual(a, aStep, b, bStep, out, n);
      case REM, POW, AND, OR, XOR -> {
        return false;
      }
    }
    return true;
  }

  /** False where there is no such loop. */
  static boolean ofInts(Op.BinaryKind kind, long a, int aStep, long b, int bStep, long out, int n) {
    switch (kind) {
      case ADD -> addInts(a, aStep, b, bStep, out, n);
      case SUB -> subtractInts(a, aStep, b, bStep, out, n);
      case MUL -> multiplyInts(a, aStep, b, bStep, out, n);
      case EQ -> equalInts(a, aStep, b, bStep, out, n);
      case LT -> lessInts(a, aStep, b, bStep, out, n);
      case AND -> and(a, aStep, b, bStep, out, n);
      case OR -> or(a, aStep, b, bStep, out, n);
      case DIV, REM, POW, MAX, MIN, NE, LE, XOR -> {
        return false;
      }
    }
    return true;
  }

  private static void add(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).add(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.add(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void subtract(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).sub(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.sub(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void multiply(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).mul(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.mul(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void divide(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).div(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.div(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void max(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).max(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.max(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void min(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, floats(a + (long) i * aStep).min(floats(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upToFloats(n - whole);
      var x = floats(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.min(floats(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void equal(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = floats(a + (long) i * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) i * bStep, mask.cast(FLOATS));
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.EQ, y).cast(INTS)), mask);
    }
  }

  private static void unequal(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = floats(a + (long) i * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) i * bStep, mask.cast(FLOATS));
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.NE, y).cast(INTS)), mask);
    }
  }

  private static void less(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = floats(a + (long) i * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) i * bStep, mask.cast(FLOATS));
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.LT, y).cast(INTS)), mask);
    }
  }

  private static void lessOrEqual(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = floats(a + (long) i * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) i * bStep, mask.cast(FLOATS));
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.LE, y).cast(INTS)), mask);
    }
  }

  private static void addInts(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, ints(a + (long) i * aStep).add(ints(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.add(ints(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void subtractInts(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, ints(a + (long) i * aStep).sub(ints(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.sub(ints(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void multiplyInts(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, ints(a + (long) i * aStep).mul(ints(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.mul(ints(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void and(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, ints(a + (long) i * aStep).and(ints(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.and(ints(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void or(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, ints(a + (long) i * aStep).or(ints(b + (long) i * bStep)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      put(out + 4L * whole, x.or(ints(b + (long) whole * bStep, mask)), mask);
    }
  }

  private static void equalInts(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = ints(a + (long) i * aStep, mask);
      var y = ints(b + (long) i * bStep, mask);
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.EQ, y)), mask);
    }
  }

  private static void lessInts(long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var x = ints(a + (long) i * aStep, mask);
      var y = ints(b + (long) i * bStep, mask);
      put(out + 4L * i, ZERO.blend(1, x.compare(VectorOperators.LT, y)), mask);
    }
  }
}
