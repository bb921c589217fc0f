package dev.merapi.cpu;

import static dev.merapi.cpu.VectorMath.FLOATS;
import static dev.merapi.cpu.VectorMath.INTS;

import dev.merapi.graph.Op;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Loops} with the Vector API. Each loop is a small method of its own, since C2 compiles it
 * well only when it sees one operation; the rest of a length that is no multiple of the vector goes
 * through a mask. What is not here runs one by one.
 */
final class VectorLoops extends ScalarLoops {
  private static final int LANES = FLOATS.length();

  @Override
  public void unary(Op.UnaryKind kind, Lane lane, long x, int xStep, long out, int n) {
    if (lane != Lane.F32) {
      super.unary(kind, lane, x, xStep, out, n);
      return;
    }
    switch (kind) {
      case NEG -> UnaryLoops.negate(x, xStep, out, n);
      case ABS -> UnaryLoops.abs(x, xStep, out, n);
      case SIGN -> UnaryLoops.sign(x, xStep, out, n);
      case RECIPROCAL -> UnaryLoops.reciprocal(x, xStep, out, n);
      case EXP -> UnaryLoops.exp(x, xStep, out, n);
      case EXPM1 -> UnaryLoops.expm1(x, xStep, out, n);
      case LOG -> UnaryLoops.log(x, xStep, out, n);
      case LOG1P -> UnaryLoops.log1p(x, xStep, out, n);
      case SQRT -> UnaryLoops.sqrt(x, xStep, out, n);
      case RSQRT -> UnaryLoops.rsqrt(x, xStep, out, n);
      case SIN -> UnaryLoops.sin(x, xStep, out, n);
      case COS -> UnaryLoops.cos(x, xStep, out, n);
      case TANH -> UnaryLoops.tanh(x, xStep, out, n);
      case ERF -> UnaryLoops.erf(x, xStep, out, n);
      case SIGMOID -> UnaryLoops.sigmoid(x, xStep, out, n);
      case RELU -> UnaryLoops.relu(x, xStep, out, n);
      case FLOOR -> UnaryLoops.floor(x, xStep, out, n);
      case CEIL -> UnaryLoops.ceil(x, xStep, out, n);
      case ROUND -> UnaryLoops.round(x, xStep, out, n);
      case NOT -> super.unary(kind, lane, x, xStep, out, n);
    }
  }

  @Override
  public void binary(
      Op.BinaryKind kind, Lane lane, long a, int aStep, long b, int bStep, long out, int n) {
    boolean done =
        switch (lane) {
          case F32 -> BinaryLoops.ofFloats(kind, a, aStep, b, bStep, out, n);
          case I32 -> BinaryLoops.ofInts(kind, a, aStep, b, bStep, out, n);
          case I64 -> false;
        };
    if (!done) {
      super.binary(kind, lane, a, aStep, b, bStep, out, n);
    }
  }

  @Override
  public void where(
      Lane lane, long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n) {
    if (lane == Lane.I64) {
      super.where(lane, condition, cStep, a, aStep, b, bStep, out, n);
    } else {
      select(condition, cStep, a, aStep, b, bStep, out, n);
    }
  }

  private static void select(
      long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upTo(n - i);
      var c = ints(condition + (long) i * cStep, mask);
      var p = ints(a + (long) i * aStep, mask);
      var q = ints(b + (long) i * bStep, mask);
      put(out + 4L * i, q.blend(p, c.compare(VectorOperators.NE, 0)), mask);
    }
  }

  @Override
  public void copy(int bytes, long x, int xStep, long out, int n) {
    if (xStep != 0) {
      Memory.copy(x, out, (long) bytes * n);
    } else {
      repeat(x, out, bytes == 8 ? 2 * n : n);
    }
  }

  /** The vector at x again and again. */
  private static void repeat(long x, long out, int n) {
    var value = ints(x);
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, value);
    }
    if (whole < n) {
      put(out + 4L * whole, value, upTo(n - whole));
    }
  }

  @Override
  public void spread(int bytes, long x, long out, int rows, int columns) {
    if (bytes == 8) {
      super.spread(bytes, x, out, rows, columns);
      return;
    }
    for (int row = 0; row < rows; row++) {
      broadcast(Memory.getInt(x + 4L * row), out + 4L * columns * row, columns);
    }
  }

  private static void broadcast(int x, long out, int n) {
    var value = IntVector.broadcast(INTS, x);
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, value);
    }
    if (whole < n) {
      put(out + 4L * whole, value, upTo(n - whole));
    }
  }

  @Override
  public void reduce(
      Op.ReduceKind kind, Lane lane, long x, int rows, int columns, long out, long workspace) {
    if (lane != Lane.F32 || kind == Op.ReduceKind.PROD) {
      super.reduce(kind, lane, x, rows, columns, out, workspace);
      return;
    }
    for (int row = 0; row < rows; row++) {
      long start = x + 4L * columns * row;
      switch (kind) {
        case SUM -> ReduceLoops.sum(start, columns, workspace);
        case MAX -> ReduceLoops.max(start, columns, workspace);
        case MIN -> ReduceLoops.min(start, columns, workspace);
        case PROD -> throw new AssertionError();
      }
      halve(combine(kind), lane, workspace, ReduceLoops.PARTIALS, out + 4L * row);
    }
  }

  // ---- vectors in memory; with a mask, what lies outside is neither read nor written

  static FloatVector floats(long address) {
    return FloatVector.fromMemorySegment(FLOATS, Memory.ALL, address, Memory.ORDER);
  }

  static FloatVector floats(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(FLOATS, Memory.ALL, address, Memory.ORDER, mask);
  }

  static IntVector ints(long address) {
    return IntVector.fromMemorySegment(INTS, Memory.ALL, address, Memory.ORDER);
  }

  static IntVector ints(long address, VectorMask<Integer> mask) {
    return IntVector.fromMemorySegment(INTS, Memory.ALL, address, Memory.ORDER, mask);
  }

  static void put(long address, FloatVector x) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER);
  }

  static void put(long address, FloatVector x, VectorMask<Float> mask) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER, mask);
  }

  static void put(long address, IntVector x) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER);
  }

  static void put(long address, IntVector x, VectorMask<Integer> mask) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER, mask);
  }

  static VectorMask<Float> upToFloats(int n) {
    return FLOATS.indexInRange(0, n);
  }

  static VectorMask<Integer> upTo(int n) {
    return INTS.indexInRange(0, n);
  }
}
