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
      for (int j = 0; j < wholeColumns; j += LANES) {
        transposeSquare(
            from + i * fromStride + j * 4L, fromStride, to + j * toStride + i * 4L, toStride);
      }
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

  private static void transposeSquare(long from, long fromStride, long to, long toStride) {
    exchange(LANES / 2, from, fromStride, to, toStride);
    for (int distance = LANES / 4; distance > 0; distance /= 2) {
      exchange(distance, to, toStride, to, toStride);
    }
  }

  /**
   * One step of a transpose: swaps the off-diagonal squares of side {@code distance}, pair of rows
   * by pair of rows.
   */
  private static void exchange(int distance, long from, long fromStride, long to, long toStride) {
    var keep = Exchange.UPPER[distance];
    var move = Exchange.LOWER[distance];
    for (int pair = 0; pair < LANES / 2; pair++) {
      int i = (pair / distance) * 2 * distance + pair % distance;
      var x = IntVector.fromMemorySegment(INTS, ALL, from + i * fromStride, ORDER);
      var y = IntVector.fromMemorySegment(INTS, ALL, from + (i + distance) * fromStride, ORDER);
      keep.selectFrom(x, y).intoMemorySegment(ALL, to + i * toStride, ORDER);
      move.selectFrom(x, y).intoMemorySegment(ALL, to + (i + distance) * toStride, ORDER);
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
