package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.INTS;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.ints;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upTo;

import dev.merapi.tensor.DType;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Loops that fill or convert; those that convert want whole vectors. */
final class CopyLoops {
  private static final int LANES = INTS.length();

  /** There is no vector of fewer than 8 bytes. */
  private static final boolean NARROW = LANES >= 8;

  static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, shape(NARROW ? LANES : 8));
  static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, shape(2 * LANES));

  private CopyLoops() {}

  private static VectorShape shape(int bytes) {
    return VectorShape.forBitSize(8 * bytes);
  }

  /** The loop that makes lanes of memory, or none. */
  static Optional<UnaryLoop> load(DType dtype) {
    return switch (dtype) {
      case BOOL, U8 -> NARROW ? Optional.of(CopyLoops::loadBytes) : Optional.empty();
      case BF16 -> Optional.of(CopyLoops::loadBf16);
      case I8, F16, I32, I64, F32 -> Optional.empty();
    };
  }

  /** The loop that makes memory of lanes, or none. */
  static Optional<UnaryLoop> store(DType dtype) {
    return switch (dtype) {
      case BOOL, U8, I8 -> NARROW ? Optional.of(CopyLoops::storeBytes) : Optional.empty();
      case BF16 -> Optional.of(CopyLoops::storeBf16);
      case F16, I32, I64, F32 -> Optional.empty();
    };
  }

  private static void loadBytes(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, fromBytes(x + i));
    }
  }

  static IntVector fromBytes(long x) {
    var bytes = ByteVector.fromMemorySegment(BYTES, Memory.ALL, x, Memory.ORDER);
    return (IntVector) bytes.convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  private static void storeBytes(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      toBytes(out + i, ints(x + 4L * i));
    }
  }

  static void toBytes(long out, IntVector x) {
    x.convertShape(VectorOperators.I2B, BYTES, 0).intoMemorySegment(Memory.ALL, out, Memory.ORDER);
  }

  private static void loadBf16(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, fromBf16(x + 2L * i));
    }
  }

  static IntVector fromBf16(long x) {
    var halves = ShortVector.fromMemorySegment(SHORTS, Memory.ALL, x, Memory.ORDER);
    var wide = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    return wide.lanewise(VectorOperators.LSHL, 16);
  }

  private static void storeBf16(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      toBf16(out + 2L * i, ints(x + 4L * i));
    }
  }

  static void toBf16(long out, IntVector floats) {
    bf16(floats)
        .convertShape(VectorOperators.I2S, SHORTS, 0)
        .intoMemorySegment(Memory.ALL, out, Memory.ORDER);
  }

  /** {@link Numbers#bf16} on a vector: the upper halves. */
  static IntVector bf16(IntVector bits) {
    var even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    var rounded = bits.add(0x7FFF).add(even);
    var nan = bits.and(0x7FFFFFFF).compare(VectorOperators.GT, 0x7F800000);
    return rounded.blend(bits.or(0x00400000), nan).lanewise(VectorOperators.LSHR, 16);
  }

  static void toInts(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var value = floats(x + (long) i * xStep);
      put(out + 4L * i, (IntVector) value.convertShape(VectorOperators.F2I, INTS, 0));
    }
  }

  static void toFloats(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var value = ints(x + (long) i * xStep);
      put(out + 4L * i, (FloatVector) value.convertShape(VectorOperators.I2F, FLOATS, 0));
    }
  }

  /** The vector at x again and again. */
  static void repeat(long x, int xStep, long out, int n) {
    fill(ints(x), out, n);
  }

  /** Each of n lanes at x again and again, for a row of so many bytes. */
  static void spread(long x, int rowBytes, long out, int n) {
    int columns = rowBytes / 4;
    int whole = columns & -LANES;
    var rest = upTo(columns - whole);
    for (int row = 0; row < n; row++) {
      var value = IntVector.broadcast(INTS, Memory.getInt(x + 4L * row));
      long to = out + (long) rowBytes * row;
      for (int i = 0; i < whole; i += LANES) {
        put(to + 4L * i, value);
      }
      if (whole < columns) {
        put(to + 4L * whole, value, rest);
      }
    }
  }

  private static void fill(IntVector value, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      put(out + 4L * i, value);
    }
    if (whole < n) {
      put(out + 4L * whole, value, upTo(n - whole));
    }
  }
}
