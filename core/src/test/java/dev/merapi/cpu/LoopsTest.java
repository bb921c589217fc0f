package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops against the reference, and vector loops against scalar ones to the bit. */
class LoopsTest {
  private static final int[] SIZES = {0, 1, 7, 15, 16, 17, 1000};

  private static final float[] AWKWARD = {
    0f,
    -0f,
    1,
    -1,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -2.5f,
    0.49999997f,
    8388609f,
    -8388607.5f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    Float.MIN_NORMAL,
    1e-20f,
    1e20f,
    3,
    7,
    -7,
    87,
    88.7f,
    88.73f,
    89,
    -87.4f,
    -88,
    -100,
    -103.9f,
    -104.1f,
    -1000,
    1000,
    8191,
    8193,
    1e6f,
    -1e10f,
    3.1415927f,
    1.5707964f,
    0.625f,
    0.62f,
    0.93f,
    4,
    16777216f,
    0x1p31f,
    -0x1.000002p31f,
    9.3e18f,
    255,
    256,
    -128,
    -129,
    300,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private final Arena arena = Arena.ofAuto();

  /** Awkward numbers first, then random ones of all magnitudes. */
  private static float[] floats(int n, long seed) {
    var random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          i < AWKWARD.length
              ? AWKWARD[Math.floorMod(i + seed, AWKWARD.length)]
              : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-6, 3)));
    }
    return x;
  }

  private static long[] integers(int n, long seed, DType dtype) {
    var random = new Random(seed);
    long[] awkward = {0, 1, -1, 2, -7, 7, 255, 256, -129, Integer.MAX_VALUE, Integer.MIN_VALUE};
    return IntStream.range(0, n)
        .mapToLong(
            i -> i < awkward.length ? awkward[i] : random.nextInt(1 << random.nextInt(1, 31)))
        .map(v -> dtype == DType.BOOL ? v & 1 : dtype == DType.I32 ? (int) v : v * 1001)
        .toArray();
  }

  private long memory(long bytes) {
    return Memory.allocate(arena, bytes + 64).address();
  }

  private long put(float[] x) {
    long at = memory(4L * x.length);
    for (int i = 0; i < x.length; i++) {
      Memory.setFloat(at + 4L * i, x[i]);
    }
    return at;
  }

  private long put(Lane lane, long[] x) {
    long at = memory((long) lane.bytes() * x.length);
    for (int i = 0; i < x.length; i++) {
      if (lane == Lane.I64) {
        Memory.setLong(at + 8L * i, x[i]);
      } else {
        Memory.setInt(at + 4L * i, (int) x[i]);
      }
    }
    return at;
  }

  private static double get(Lane lane, long at, int i) {
    return switch (lane) {
      case F32 -> Memory.getFloat(at + 4L * i);
      case I32 -> Memory.getInt(at + 4L * i);
      case I64 -> Memory.getLong(at + 8L * i);
    };
  }

  private interface Call {
    void run(Loops loops, long out);
  }

  /** Runs scalar and vector loops, compares them to the bit, and gives the result's address. */
  private long both(String what, Lane lane, int n, Call call) {
    long scalar = memory((long) lane.bytes() * n);
    long vector = memory((long) lane.bytes() * n);
    call.run(new ScalarLoops(), scalar);
    call.run(new VectorLoops(), vector);
    for (int i = 0; i < n; i++) {
      assertEquals(
          Double.doubleToLongBits(get(lane, scalar, i)),
          Double.doubleToLongBits(get(lane, vector, i)),
          what + " at " + i + " of " + n + ": " + get(lane, vector, i));
    }
    assertEquals(0, Memory.getLong(vector + (long) lane.bytes() * n), "behind the end");
    return scalar;
  }

  private static void assertClose(double expected, double actual, double ulps, String what) {
    float e = (float) expected;
    if (Float.compare(e, (float) actual) == 0) {
      return;
    }
    double tolerance = ulps * Math.ulp(e);
    assertTrue(
        Math.abs(expected - actual) <= tolerance, what + ": " + actual + ", not " + expected);
  }

  private static double ulps(UnaryKind kind) {
    return switch (kind) {
      case NEG, ABS, SIGN, NOT, RECIPROCAL, SQRT, RELU, FLOOR, CEIL, ROUND -> 0.5;
      case EXP, EXPM1, LOG, LOG1P, ERF, SIN, COS -> 1.5;
      case TANH, SIGMOID, RSQRT -> 2.5;
    };
  }

  @ParameterizedTest
  @EnumSource(UnaryKind.class)
  void unaryOfFloats(UnaryKind kind) {
    if (kind == UnaryKind.NOT) {
      return; // of bool only: below
    }
    for (int n : SIZES) {
      float[] values = floats(n, n);
      long x = put(values);
      long y = both(kind.name(), Lane.F32, n, (l, out) -> l.unary(kind, Lane.F32, x, 4, out, n));
      double[] expected = Reference.evaluate(new Tensor(new Op.Unary(kind, Tensor.of(values, n))));
      for (int i = 0; i < n; i++) {
        String what = kind + "(" + values[i] + ")";
        assertClose(expected[i], get(Lane.F32, y, i), ulps(kind), what);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = UnaryKind.class,
      names = {"NEG", "ABS", "SIGN", "NOT"})
  void unaryOfIntegers(UnaryKind kind) {
    for (DType dtype : new DType[] {DType.I32, DType.I64, DType.BOOL}) {
      if ((dtype == DType.BOOL) != (kind == UnaryKind.NOT)) {
        continue;
      }
      Lane lane = Lane.of(dtype);
      for (int n : SIZES) {
        long[] values = integers(n, n, dtype);
        long x = put(lane, values);
        long y =
            both(kind.name(), lane, n, (l, out) -> l.unary(kind, lane, x, lane.bytes(), out, n));
        double[] expected = Reference.evaluate(new Tensor(new Op.Unary(kind, of(dtype, values))));
        for (int i = 0; i < n; i++) {
          double wrapped = dtype == DType.I32 ? (int) (long) expected[i] : expected[i] + 0.0;
          assertEquals(wrapped, get(lane, y, i), kind + " of " + values[i]);
        }
      }
    }
  }

  private static Tensor of(DType dtype, long[] values) {
    double[] doubles = IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    return new Tensor(new Op.Data(Reference.write(doubles, dtype), Shape.of(values.length)));
  }

  @ParameterizedTest
  @EnumSource(BinaryKind.class)
  void binaryOfFloats(BinaryKind kind) {
    switch (kind) {
      case AND, OR, XOR -> {
        return; // of bool only: below
      }
      default -> {}
    }
    Lane result = kind.compares() ? Lane.I32 : Lane.F32;
    for (int n : SIZES) {
      for (int shift = 0; shift < Math.min(n, 60); shift += 7) {
        float[] p = floats(n, shift);
        float[] q = floats(n, 2L * shift + 1);
        long a = put(p);
        long b = put(q);
        long y =
            both(kind.name(), result, n, (l, out) -> l.binary(kind, Lane.F32, a, 4, b, 4, out, n));
        double[] expected =
            Reference.evaluate(new Tensor(new Op.Binary(kind, Tensor.of(p, n), Tensor.of(q, n))));
        for (int i = 0; i < n; i++) {
          String what = kind + "(" + p[i] + ", " + q[i] + ")";
          assertClose(expected[i], get(result, y, i), 0.5001, what);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BinaryKind.class)
  void binaryOfIntegers(BinaryKind kind) {
    boolean logic = kind == BinaryKind.AND || kind == BinaryKind.OR || kind == BinaryKind.XOR;
    for (DType dtype : new DType[] {DType.I32, DType.I64, DType.BOOL}) {
      if (logic != (dtype == DType.BOOL) && !(dtype == DType.BOOL && kind == BinaryKind.EQ)) {
        continue;
      }
      Lane lane = Lane.of(dtype);
      Lane result = kind.compares() ? Lane.I32 : lane;
      for (int n : SIZES) {
        long[] p = integers(n, n, dtype);
        long[] q = integers(n, n + 1L, dtype);
        for (int i = 0; i < n; i++) {
          q[i] = kind == BinaryKind.POW ? Math.floorMod(q[i], 3) : q[n - 1 - i];
        }
        long a = put(lane, p);
        long b = put(lane, q);
        int step = lane.bytes();
        long y =
            both(
                kind.name(), result, n, (l, out) -> l.binary(kind, lane, a, step, b, step, out, n));
        double[] expected =
            Reference.evaluate(new Tensor(new Op.Binary(kind, of(dtype, p), of(dtype, q))));
        for (int i = 0; i < n; i++) {
          if (Math.abs(expected[i]) < 0x1p53) {
            double wrapped = result == Lane.I32 ? (int) (long) expected[i] : expected[i] + 0.0;
            assertEquals(
                wrapped, get(result, y, i), kind + " of " + p[i] + " and " + q[i] + " " + dtype);
          }
        }
      }
    }
  }

  @Test
  void castsFollowTheReference() {
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        for (int n : SIZES) {
          double[] values = new double[n];
          float[] f = floats(n, 5);
          long[] whole = integers(n, 5, from == DType.BOOL ? DType.BOOL : DType.I32);
          for (int i = 0; i < n; i++) {
            values[i] = from.isFloat() ? f[i] : whole[i];
          }
          var tensor = new Tensor(new Op.Data(Reference.write(values, from), Shape.of(n)));
          double[] given = Reference.evaluate(tensor);
          double[] expected = Reference.evaluate(new Tensor(new Op.Cast(tensor, to)));
          Lane lane = Lane.of(from);
          Lane result = Lane.of(to);
          long x = memory((long) lane.bytes() * n);
          for (int i = 0; i < n; i++) {
            Numbers.fill(lane, given[i], x + (long) lane.bytes() * i, 1);
          }
          String what = from + " to " + to;
          long y = both(what, result, n, (l, out) -> l.cast(from, to, x, lane.bytes(), out, n));
          for (int i = 0; i < n; i++) {
            assertClose(expected[i], get(result, y, i), 0.5, what + " of " + given[i]);
          }
        }
      }
    }
  }

  @Test
  void memoryOfEveryTypeIsLoadedAndStored() {
    for (DType dtype : DType.values()) {
      Lane lane = Lane.of(dtype);
      for (int n : SIZES) {
        double[] values = new double[n];
        float[] f = floats(n, 3);
        long[] whole = integers(n, 3, dtype == DType.BOOL ? DType.BOOL : DType.I32);
        for (int i = 0; i < n; i++) {
          values[i] = dtype.isFloat() ? f[i] : whole[i];
        }
        var buffers = new Buffers();
        int in = buffers.add(dtype, values);
        long x = buffers.addresses()[in];
        long lanes = both("load " + dtype, lane, n, (l, out) -> l.load(dtype, x, out, n));
        double[] given = buffers.values(in);
        for (int i = 0; i < n; i++) {
          assertEquals(given[i], get(lane, lanes, i), dtype + " at " + i);
        }
        for (Loops loops : new Loops[] {new ScalarLoops(), new VectorLoops()}) {
          var target = new Buffers();
          int out = target.add(dtype, new double[n]);
          loops.store(dtype, lanes, target.addresses()[out], n);
          target.assertMarginsUntouched();
          assertArrayEquals(buffers.values(in), target.values(out));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void whereChooses(Lane lane) {
    for (int n : SIZES) {
      long[] choice = integers(n, 2, DType.BOOL);
      long c = put(Lane.I32, choice);
      long[] p = integers(n, 3, DType.I32);
      long a = put(lane, p);
      long b = put(lane, new long[Math.max(n, 32)]);
      long y =
          both("where", lane, n, (l, out) -> l.where(lane, c, 4, a, lane.bytes(), b, 0, out, n));
      for (int i = 0; i < n; i++) {
        double expected = choice[i] != 0 ? get(lane, a, i) : 0;
        assertEquals(expected, get(lane, y, i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000})
  void rowsAreReducedInTheSameOrder(int columns) {
    int rows = 3;
    float[] values = floats(rows * columns, 11);
    for (int i = 0; i < values.length; i++) {
      // large sums would hide their order in infinities
      values[i] = Float.isFinite(values[i]) ? Math.clamp(values[i], -10, 10) : i;
    }
    long x = put(values);
    long memory = memory(Loops.REDUCE_BYTES);
    for (var kind : ReduceKind.values()) {
      long y =
          both(
              kind.name(),
              Lane.F32,
              rows,
              (l, out) -> l.reduce(kind, Lane.F32, x, rows, columns, out, memory));
      for (int row = 0; row < rows; row++) {
        double expected = kind == ReduceKind.PROD ? 1 : 0;
        double scale = 1;
        for (int i = 0; i < columns; i++) {
          double v = values[row * columns + i];
          scale += Math.abs(v);
          expected =
              switch (kind) {
                case SUM -> expected + v;
                case PROD -> expected * v;
                case MAX -> i == 0 ? v : Math.max(expected, v);
                case MIN -> i == 0 ? v : Math.min(expected, v);
              };
        }
        if (columns == 0 && kind == ReduceKind.MAX) {
          expected = Double.NEGATIVE_INFINITY;
        } else if (columns == 0 && kind == ReduceKind.MIN) {
          expected = Double.POSITIVE_INFINITY;
        }
        double actual = get(Lane.F32, y, row);
        if (kind == ReduceKind.PROD) {
          boolean tiny = Math.abs(expected) < 1e-36 || Math.abs(expected) > 1e36;
          assertTrue(tiny || Math.abs(actual / expected - 1) < 1e-4, kind + " " + expected);
        } else {
          double tolerance = kind == ReduceKind.SUM ? 1e-6 * scale : 0;
          boolean same = expected == actual || Math.abs(expected - actual) <= tolerance;
          assertTrue(same, kind + ": " + actual + ", not " + expected);
        }
      }
    }
  }

  @Test
  void extremesHandNanOn() {
    float[] values = floats(100, 4);
    values[77] = Float.NaN;
    long x = put(values);
    long memory = memory(Loops.REDUCE_BYTES);
    for (var kind : ReduceKind.values()) {
      long y =
          both("NaN", Lane.F32, 1, (l, out) -> l.reduce(kind, Lane.F32, x, 1, 100, out, memory));
      assertTrue(Double.isNaN(get(Lane.F32, y, 0)), kind.name());
    }
  }

  /** Every 4,099th float there is. */
  @ParameterizedTest
  @EnumSource(
      value = UnaryKind.class,
      names = {"EXP", "EXPM1", "LOG", "LOG1P", "SIN", "COS", "TANH", "SIGMOID", "RSQRT"})
  void functionsAreAccurateEverywhere(UnaryKind kind) {
    int n = 1 << 20;
    long x = memory(4L * n);
    for (int i = 0; i < n; i++) {
      Memory.setInt(x + 4L * i, i * 4099);
    }
    long y = memory(4L * n);
    new VectorLoops().unary(kind, Lane.F32, x, 4, y, n);
    for (int i = 0; i < n; i++) {
      double v = Memory.getFloat(x + 4L * i);
      double expected =
          switch (kind) {
            case EXP -> Math.exp(v);
            case EXPM1 -> Math.expm1(v);
            case LOG -> Math.log(v);
            case LOG1P -> Math.log1p(v);
            case SIN -> Math.sin(v);
            case COS -> Math.cos(v);
            case TANH -> Math.tanh(v);
            case SIGMOID -> 1 / (1 + Math.exp(-v));
            default -> 1 / Math.sqrt(v);
          };
      assertClose(expected, Memory.getFloat(y + 4L * i), ulps(kind), kind + "(" + v + ")");
    }
  }
}
