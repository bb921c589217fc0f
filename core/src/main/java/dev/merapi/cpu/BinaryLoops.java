package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.INTS;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.ints;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upTo;
import static dev.merapi.cpu.VectorLoops.upToFloats;

import dev.merapi.graph.BinaryKind;
import java.util.Optional;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The functions of two lanes, each a loop. */
final class BinaryLoops {
  private static final int LANES = FLOATS.length();

  private static final IntVector ZERO = IntVector.zero(INTS);
  private static final IntVector ONE = IntVector.broadcast(INTS, 1);

  private BinaryLoops() {}

  /** The loop over floats, or none. */
  static Optional<BinaryLoop> ofFloats(BinaryKind kind) {
    return switch (kind) {
      case ADD -> Optional.of(BinaryLoops::add);
      case SUB -> Optional.of(BinaryLoops::subtract);
      case MUL -> Optional.of(BinaryLoops::multiply);
      case DIV -> Optional.of(BinaryLoops::divide);
      case MAX -> Optional.of(BinaryLoops::max);
      case MIN -> Optional.of(BinaryLoops::min);
      case EQ -> Optional.of(BinaryLoops::equal);
      case NE -> Optional.of(BinaryLoops::unequal);
      case LT -> Optional.of(BinaryLoops::less);
      case LE -> Optional.of(BinaryLoops::lessOrEqual);
      case REM, POW, AND, OR, XOR -> Optional.empty();
    };
  }

  /** The loop over ints, or none. */
  static Optional<BinaryLoop> ofInts(BinaryKind kind) {
    return switch (kind) {
      case ADD -> Optional.of(BinaryLoops::addInts);
      case SUB -> Optional.of(BinaryLoops::subtractInts);
      case MUL -> Optional.of(BinaryLoops::multiplyInts);
      case EQ -> Optional.of(BinaryLoops::equalInts);
      case LT -> Optional.of(BinaryLoops::lessInts);
      case AND -> Optional.of(BinaryLoops::and);
      case OR -> Optional.of(BinaryLoops::or);
      case DIV, REM, POW, MAX, MIN, NE, LE, XOR -> Optional.empty();
    };
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
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = floats(a + (long) i * aStep);
      put(
          out + 4L * i,
          bits(x.compare(VectorOperators.EQ, floats(b + (long) i * bStep)).cast(INTS)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = floats(a + (long) whole * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) whole * bStep, mask.cast(FLOATS));
      put(out + 4L * whole, bits(x.compare(VectorOperators.EQ, y).cast(INTS)), mask);
    }
  }

  private static void unequal(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = floats(a + (long) i * aStep);
      put(
          out + 4L * i,
          bits(x.compare(VectorOperators.NE, floats(b + (long) i * bStep)).cast(INTS)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = floats(a + (long) whole * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) whole * bStep, mask.cast(FLOATS));
      put(out + 4L * whole, bits(x.compare(VectorOperators.NE, y).cast(INTS)), mask);
    }
  }

  private static void less(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = floats(a + (long) i * aStep);
      put(
          out + 4L * i,
          bits(x.compare(VectorOperators.LT, floats(b + (long) i * bStep)).cast(INTS)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = floats(a + (long) whole * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) whole * bStep, mask.cast(FLOATS));
      put(out + 4L * whole, bits(x.compare(VectorOperators.LT, y).cast(INTS)), mask);
    }
  }

  private static void lessOrEqual(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = floats(a + (long) i * aStep);
      put(
          out + 4L * i,
          bits(x.compare(VectorOperators.LE, floats(b + (long) i * bStep)).cast(INTS)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = floats(a + (long) whole * aStep, mask.cast(FLOATS));
      var y = floats(b + (long) whole * bStep, mask.cast(FLOATS));
      put(out + 4L * whole, bits(x.compare(VectorOperators.LE, y).cast(INTS)), mask);
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
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = ints(a + (long) i * aStep);
      put(out + 4L * i, bits(x.compare(VectorOperators.EQ, ints(b + (long) i * bStep))));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      var y = ints(b + (long) whole * bStep, mask);
      put(out + 4L * whole, bits(x.compare(VectorOperators.EQ, y)), mask);
    }
  }

  private static void lessInts(long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var x = ints(a + (long) i * aStep);
      put(out + 4L * i, bits(x.compare(VectorOperators.LT, ints(b + (long) i * bStep))));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var x = ints(a + (long) whole * aStep, mask);
      var y = ints(b + (long) whole * bStep, mask);
      put(out + 4L * whole, bits(x.compare(VectorOperators.LT, y)), mask);
    }
  }

  private static IntVector bits(VectorMask<Integer> mask) {
    return ZERO.blend(ONE, mask);
  }
}
