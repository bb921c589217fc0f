package dev.merapi.cpu;

import static dev.merapi.cpu.Memory.ALL;
import static dev.merapi.cpu.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Vector copies and transposes, shared by the vector tiles. */
abstract class VectorPacking implements TileKernel {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();
  static final int COLUMNS = 2 * LANES;

  /** Bytes of one vector. */
  static final long STEP = LANES * 4L;

  // A transpose of LANES x LANES moves bits, not numbers: integer vectors select their lanes
  // without a conversion.
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Eight rows where there are 32 vector registers, six where there are 16. */
  static TileKernel best() {
    if (LANES < 4) {
      return new ScalarTile(); // a processor without vectors to speak of
    }
    boolean manyRegisters =
        SPECIES.vectorBitSize() == 512 || System.getProperty("os.arch").equals("aarch64");
    return manyRegisters ? new VectorTile8() : new VectorTile6();
  }

  @Override
  public final int columns() {
    return COLUMNS;
  }

  @Override
  public final void copy(
      int rows, int columns, long from, long fromStride, long to, long toStride) {
    int whole = SPECIES.loopBound(columns);
    for (int i = 0; i < rows; i++) {
      long source = from + i * fromStride;
      long target = to + i * toStride;
      for (int j = 0; j < whole; j += LANES) {
        fromMemorySegment(SPECIES, ALL, source + j * 4L, ORDER)
            .intoMemorySegment(ALL, target + j * 4L, ORDER);
      }
      for (int j = whole; j < columns; j++) {
        Memory.setFloat(target + j * 4L, Memory.getFloat(source + j * 4L));
      }
    }
  }

  @Override
  public final void split(
      int rows, int panels, long from, long fromStride, long to, long panelStride) {
    for (int i = 0; i < rows; i++) {
      long source = from + i * fromStride;
      long target = to + 2 * STEP * i;
      for (int panel = 0; panel < panels; panel++) {
        fromMemorySegment(SPECIES, ALL, source, ORDER).intoMemorySegment(ALL, target, ORDER);
        fromMemorySegment(SPECIES, ALL, source + STEP, ORDER)
            .intoMemorySegment(ALL, target + STEP, ORDER);
        source += 2 * STEP;
        target += panelStride;
      }
    }
  }

  @Override
  public final void transpose(
      int rows, int columns, long from, long fromStride, long to, long toStride) {
    int wholeRows = SPECIES.loopBound(rows);
    int wholeColumns = SPECIES.loopBound(columns);
    for (int i = 0; i < wholeRows; i += LANES) {
      transposeSquares(
          wholeColumns / LANES, from + i * fromStride, fromStride, to + i * 4L, toStride);
    }
    transposeEdge(0, wholeRows, wholeColumns, columns, from, fromStride, to, toStride);
    transposeEdge(wholeRows, rows, 0, columns, from, fromStride, to, toStride);
  }

  @Override
  public final void add(int count, long from, long to) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      fromMemorySegment(SPECIES, ALL, to + i * 4L, ORDER)
          .add(fromMemorySegment(SPECIES, ALL, from + i * 4L, ORDER))
          .intoMemorySegment(ALL, to + i * 4L, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(to + i * 4L, Memory.getFloat(to + i * 4L) + Memory.getFloat(from + i * 4L));
    }
  }

  @Override
  public final void addScalar(int count, float value, long to) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      fromMemorySegment(SPECIES, ALL, to + i * 4L, ORDER)
          .add(value)
          .intoMemorySegment(ALL, to + i * 4L, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(to + i * 4L, Memory.getFloat(to + i * 4L) + value);
    }
  }

  @Override
  public final void relu(int count, long to) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      fromMemorySegment(SPECIES, ALL, to + i * 4L, ORDER)
          .max(0)
          .intoMemorySegment(ALL, to + i * 4L, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(to + i * 4L, Math.max(Memory.getFloat(to + i * 4L), 0));
    }
  }

  private static void transposeEdge(
      int firstRow,
      int rows,
      int firstColumn,
      int columns,
      long from,
      long fromStride,
      long to,
      long toStride) {
    for (int i = firstRow; i < rows; i++) {
      for (int j = firstColumn; j < columns; j++) {
        Memory.setInt(to + j * toStride + i * 4L, Memory.getInt(from + i * fromStride + j * 4L));
      }
    }
  }

  /**
   * Transposes squares of side {@code LANES} that lie side by side, by Eklundh's method: squares
   * off the diagonal change places, for halves, quarters, eighths, … of the side.
   */
  private static void transposeSquares(
      int squares, long from, long fromStride, long to, long toStride) {
    long step = LANES * toStride;
    exchangeTwice(LANES / 2, squares, from, fromStride, STEP, to, toStride, step);
    if (LANES == 8) {
      exchange(1, squares, to, toStride, step, to, toStride, step);
    } else if (LANES > 4) {
      exchangeTwice(LANES / 8, squares, to, toStride, step, to, toStride, step);
    }
  }

  /** Two steps, of {@code distance} and of half that, with four rows at a time in registers. */
  private static void exchangeTwice(
      int distance,
      int squares,
      long from,
      long fromStride,
      long fromStep,
      long to,
      long toStride,
      long toStep) {
    int half = distance / 2;
    var keep = Exchange.UPPER[distance];
    var move = Exchange.LOWER[distance];
    var keepHalf = Exchange.UPPER[half];
    var moveHalf = Exchange.LOWER[half];
    for (int quad = 0; quad < squares * (LANES / 4); quad++) {
      int square = quad / (LANES / 4);
      int k = quad % (LANES / 4);
      int i = (k / half) * 4 * half + k % half;
      long source = from + square * fromStep + i * fromStride;
      long target = to + square * toStep + i * toStride;
      var a = IntVector.fromMemorySegment(INTS, ALL, source, ORDER);
      var b = IntVector.fromMemorySegment(INTS, ALL, source + half * fromStride, ORDER);
      var c = IntVector.fromMemorySegment(INTS, ALL, source + 2L * half * fromStride, ORDER);
      var d = IntVector.fromMemorySegment(INTS, ALL, source + 3L * half * fromStride, ORDER);
      var ac = keep.selectFrom(a, c);
      var bd = keep.selectFrom(b, d);
      var ca = move.selectFrom(a, c);
      var db = move.selectFrom(b, d);
      keepHalf.selectFrom(ac, bd).intoMemorySegment(ALL, target, ORDER);
      moveHalf.selectFrom(ac, bd).intoMemorySegment(ALL, target + half * toStride, ORDER);
      keepHalf.selectFrom(ca, db).intoMemorySegment(ALL, target + 2L * half * toStride, ORDER);
      moveHalf.selectFrom(ca, db).intoMemorySegment(ALL, target + 3L * half * toStride, ORDER);
    }
  }

  /**
   * One step: swaps the off-diagonal squares of side {@code distance}, a pair of rows at a time.
   */
  private static void exchange(
      int distance,
      int squares,
      long from,
      long fromStride,
      long fromStep,
      long to,
      long toStride,
      long toStep) {
    var keep = Exchange.UPPER[distance];
    var move = Exchange.LOWER[distance];
    for (int p = 0; p < squares * (LANES / 2); p++) {
      int square = p / (LANES / 2);
      int pair = p % (LANES / 2);
      int i = (pair / distance) * 2 * distance + pair % distance;
      long source = from + square * fromStep + i * fromStride;
      long target = to + square * toStep + i * toStride;
      var x = IntVector.fromMemorySegment(INTS, ALL, source, ORDER);
      var y = IntVector.fromMemorySegment(INTS, ALL, source + distance * fromStride, ORDER);
      keep.selectFrom(x, y).intoMemorySegment(ALL, target, ORDER);
      move.selectFrom(x, y).intoMemorySegment(ALL, target + distance * toStride, ORDER);
    }
  }

  /** For each distance, the lanes that the two rows of an exchanged pair take from the pair. */
  private static final class Exchange {
    static final IntVector[] UPPER = new IntVector[LANES];
    static final IntVector[] LOWER = new IntVector[LANES];

    static {
      for (int distance = 1; distance < LANES; distance *= 2) {
        int d = distance;
        int[] upper = new int[LANES];
        int[] lower = new int[LANES];
        for (int j = 0; j < LANES; j++) {
          boolean second = (j & d) != 0;
          upper[j] = second ? LANES + j - d : j;
          lower[j] = second ? LANES + j : j + d;
        }
        UPPER[d] = IntVector.fromArray(INTS, upper, 0);
        LOWER[d] = IntVector.fromArray(INTS, lower, 0);
      }
    }
  }
}
