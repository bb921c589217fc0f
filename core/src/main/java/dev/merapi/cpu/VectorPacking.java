package dev.merapi.cpu;

import static dev.merapi.cpu.Memory.ALL;
import static dev.merapi.cpu.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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

  /** Whether the processor has masked vectors, so that an edge is worth one. */
  private static final boolean MASKS = SPECIES.vectorBitSize() == 512;

  /** Eight rows where there are 32 vector registers, six where there are 16. */
  static TileKernel best() {
    if (LANES < 4) {
      return ScalarTile.plain(); // a processor without vectors to speak of
    }
    boolean manyRegisters =
        SPECIES.vectorBitSize() == 512 || System.getProperty("os.arch").equals("aarch64");
    return manyRegisters ? new VectorTile8() : new VectorTile6();
  }

  /** What has the same bits without vectors. */
  final ScalarTile twin() {
    return new ScalarTile(rows(), COLUMNS, LANES);
  }

  @Override
  public final int columns() {
    return COLUMNS;
  }

  @Override
  public final void addRows(int depth, int columns, long a, long b, long bStride, long c) {
    int p = 0;
    for (; p + 4 <= depth; p += 4) {
      addFourRows(columns, a + p * 4L, b + p * bStride, bStride, c);
    }
    for (; p < depth; p++) {
      addRow(columns, Memory.getFloat(a + p * 4L), b + p * bStride, c);
    }
  }

  private static void addFourRows(int columns, long a, long b, long bStride, long c) {
    var a0 = FloatVector.broadcast(SPECIES, Memory.getFloat(a));
    var a1 = FloatVector.broadcast(SPECIES, Memory.getFloat(a + 4));
    var a2 = FloatVector.broadcast(SPECIES, Memory.getFloat(a + 8));
    var a3 = FloatVector.broadcast(SPECIES, Memory.getFloat(a + 12));
    int whole = SPECIES.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      long at = b + j * 4L;
      var sum = fromMemorySegment(SPECIES, ALL, c + j * 4L, ORDER);
      sum = a0.fma(fromMemorySegment(SPECIES, ALL, at, ORDER), sum);
      sum = a1.fma(fromMemorySegment(SPECIES, ALL, at + bStride, ORDER), sum);
      sum = a2.fma(fromMemorySegment(SPECIES, ALL, at + 2 * bStride, ORDER), sum);
      sum = a3.fma(fromMemorySegment(SPECIES, ALL, at + 3 * bStride, ORDER), sum);
      sum.intoMemorySegment(ALL, c + j * 4L, ORDER);
    }
    for (int j = whole; j < columns; j++) {
      float sum = Memory.getFloat(c + j * 4L);
      for (int p = 0; p < 4; p++) {
        sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getFloat(b + p * bStride + j * 4L), sum);
      }
      Memory.setFloat(c + j * 4L, sum);
    }
  }

  private static void addRow(int columns, float a, long b, long c) {
    var x = FloatVector.broadcast(SPECIES, a);
    int whole = SPECIES.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      x.fma(
              fromMemorySegment(SPECIES, ALL, b + j * 4L, ORDER),
              fromMemorySegment(SPECIES, ALL, c + j * 4L, ORDER))
          .intoMemorySegment(ALL, c + j * 4L, ORDER);
    }
    for (int j = whole; j < columns; j++) {
      float sum = Math.fma(a, Memory.getFloat(b + j * 4L), Memory.getFloat(c + j * 4L));
      Memory.setFloat(c + j * 4L, sum);
    }
  }

  @Override
  public final void dots(int rows, int depth, long a, long b, long bStride, long c, long work) {
    int whole = SPECIES.loopBound(depth);
    int first = 0;
    for (; first + 4 <= rows; first += 4) {
      fourDots(whole, a, b + first * bStride, bStride, work + first * STEP);
    }
    for (; first < rows; first++) {
      oneDot(whole, a, b + first * bStride, work + first * STEP);
    }
    addLanes(rows, work);
    for (int j = 0; j < rows; j++) {
      float sum = Memory.getFloat(lanesSum(work, j));
      for (int p = whole; p < depth; p++) {
        sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getFloat(b + j * bStride + p * 4L), sum);
      }
      Memory.setFloat(c + j * 4L, sum);
    }
  }

  /** Adds the lanes of so many vectors, by adding the vectors of the transpose, in order. */
  private void addLanes(int rows, long work) {
    long turned = lanesSum(work, 0);
    long turnedStride = Scratch.GROUP * 4L;
    transpose(rows, LANES, work, STEP, turned, turnedStride);
    for (int lane = 1; lane < LANES; lane++) {
      add(rows, turned + lane * turnedStride, turned);
    }
  }

  private static long lanesSum(long work, int row) {
    return work + Scratch.GROUP * STEP + row * 4L;
  }

  @Override
  public final void halfDots(
      int rows, int depth, long a, long halves, long b, long bStride, long c, long work) {
    int whole = depth / (2 * LANES) * 2 * LANES;
    long second = halves + depth / 2 * 4L;
    int first = 0;
    for (; first + 4 <= rows; first += 4) {
      fourHalfDots(whole, halves, second, b + first * bStride, bStride, work + first * STEP);
    }
    for (; first < rows; first++) {
      oneHalfDot(whole, halves, second, b + first * bStride, work + first * STEP);
    }
    addLanes(rows, work);
    for (int j = 0; j < rows; j++) {
      float sum = Memory.getFloat(lanesSum(work, j));
      for (int p = whole; p < depth; p++) {
        sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getBf16(b + j * bStride + p * 2L), sum);
      }
      Memory.setFloat(c + j * 4L, sum);
    }
  }

  private static void fourHalfDots(
      int depth, long first, long second, long b, long bStride, long sums) {
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    for (int p = 0; p < depth; p += 2 * LANES) {
      var x = fromMemorySegment(SPECIES, ALL, first + p * 2L, ORDER);
      var y = fromMemorySegment(SPECIES, ALL, second + p * 2L, ORDER);
      long at = b + p * 2L;
      var b0 = IntVector.fromMemorySegment(INTS, ALL, at, ORDER);
      var b1 = IntVector.fromMemorySegment(INTS, ALL, at + bStride, ORDER);
      var b2 = IntVector.fromMemorySegment(INTS, ALL, at + 2 * bStride, ORDER);
      var b3 = IntVector.fromMemorySegment(INTS, ALL, at + 3 * bStride, ORDER);
      s0 = y.fma(upper(b0), x.fma(lower(b0), s0));
      s1 = y.fma(upper(b1), x.fma(lower(b1), s1));
      s2 = y.fma(upper(b2), x.fma(lower(b2), s2));
      s3 = y.fma(upper(b3), x.fma(lower(b3), s3));
    }
    s0.intoMemorySegment(ALL, sums, ORDER);
    s1.intoMemorySegment(ALL, sums + STEP, ORDER);
    s2.intoMemorySegment(ALL, sums + 2 * STEP, ORDER);
    s3.intoMemorySegment(ALL, sums + 3 * STEP, ORDER);
  }

  private static void oneHalfDot(int depth, long first, long second, long b, long sums) {
    var sum = FloatVector.zero(SPECIES);
    for (int p = 0; p < depth; p += 2 * LANES) {
      var pairs = IntVector.fromMemorySegment(INTS, ALL, b + p * 2L, ORDER);
      sum = fromMemorySegment(SPECIES, ALL, first + p * 2L, ORDER).fma(lower(pairs), sum);
      sum = fromMemorySegment(SPECIES, ALL, second + p * 2L, ORDER).fma(upper(pairs), sum);
    }
    sum.intoMemorySegment(ALL, sums, ORDER);
  }

  /** The first of each two bf16, which little-endian memory has in the lower half. */
  private static FloatVector lower(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upper(IntVector pairs) {
    return pairs.and(0xFFFF0000).reinterpretAsFloats();
  }

  private static void fourDots(int depth, long a, long b, long bStride, long sums) {
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    for (int p = 0; p < depth; p += LANES) {
      var x = fromMemorySegment(SPECIES, ALL, a + p * 4L, ORDER);
      long at = b + p * 4L;
      s0 = x.fma(fromMemorySegment(SPECIES, ALL, at, ORDER), s0);
      s1 = x.fma(fromMemorySegment(SPECIES, ALL, at + bStride, ORDER), s1);
      s2 = x.fma(fromMemorySegment(SPECIES, ALL, at + 2 * bStride, ORDER), s2);
      s3 = x.fma(fromMemorySegment(SPECIES, ALL, at + 3 * bStride, ORDER), s3);
    }
    s0.intoMemorySegment(ALL, sums, ORDER);
    s1.intoMemorySegment(ALL, sums + STEP, ORDER);
    s2.intoMemorySegment(ALL, sums + 2 * STEP, ORDER);
    s3.intoMemorySegment(ALL, sums + 3 * STEP, ORDER);
  }

  private static void oneDot(int depth, long a, long b, long sums) {
    var sum = FloatVector.zero(SPECIES);
    for (int p = 0; p < depth; p += LANES) {
      sum =
          fromMemorySegment(SPECIES, ALL, a + p * 4L, ORDER)
              .fma(fromMemorySegment(SPECIES, ALL, b + p * 4L, ORDER), sum);
    }
    sum.intoMemorySegment(ALL, sums, ORDER);
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
    }
    if (whole < columns) {
      copyEdge(rows, columns - whole, from + whole * 4L, fromStride, to + whole * 4L, toStride);
    }
  }

  private static void copyEdge(
      int rows, int columns, long from, long fromStride, long to, long toStride) {
    if (MASKS) {
      var mask = SPECIES.indexInRange(0, columns);
      for (int i = 0; i < rows; i++) {
        fromMemorySegment(SPECIES, ALL, from + i * fromStride, ORDER, mask)
            .intoMemorySegment(ALL, to + i * toStride, ORDER, mask);
      }
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        Memory.setFloat(
            to + i * toStride + j * 4L, Memory.getFloat(from + i * fromStride + j * 4L));
      }
    }
  }

  @Override
  public final void takeSecond(int count, long from, long to) {
    int whole = MASKS ? SPECIES.loopBound(count) : 0;
    for (int i = 0; i < whole; i += LANES) {
      var first = IntVector.fromMemorySegment(INTS, ALL, from + i * 8L, ORDER);
      var second =
          IntVector.fromMemorySegment(INTS, ALL, from + i * 8L + STEP, ORDER, Seconds.MOST);
      Seconds.EVEN.selectFrom(first, second).intoMemorySegment(ALL, to + i * 4L, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setInt(to + i * 4L, Memory.getInt(from + i * 8L));
    }
  }

  @Override
  public final void putSecond(int count, long from, long to) {
    int whole = MASKS ? SPECIES.loopBound(count) : 0;
    for (int i = 0; i < whole; i += LANES) {
      var x = IntVector.fromMemorySegment(INTS, ALL, from + i * 4L, ORDER);
      Seconds.LOWER.selectFrom(x).intoMemorySegment(ALL, to + i * 8L, ORDER, Seconds.PLACES);
      Seconds.UPPER.selectFrom(x).intoMemorySegment(ALL, to + i * 8L + STEP, ORDER, Seconds.PLACES);
    }
    for (int i = whole; i < count; i++) {
      Memory.setInt(to + i * 8L, Memory.getInt(from + i * 4L));
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

  /** Every second float: which lanes to take, and where to put them. */
  private static final class Seconds {
    /** Even lanes of two vectors. */
    static final IntVector EVEN =
        IntVector.fromArray(INTS, IntStream.range(0, LANES).map(i -> 2 * i).toArray(), 0);

    /** For each pair of lanes, one of the lower half, or of the upper. */
    static final IntVector LOWER = IntVector.fromArray(INTS, halves(0), 0);

    static final IntVector UPPER = IntVector.fromArray(INTS, halves(LANES / 2), 0);

    /** All lanes but the last. */
    static final VectorMask<Integer> MOST = INTS.indexInRange(0, LANES - 1);

    /** Even lanes. */
    static final VectorMask<Integer> PLACES =
        VectorMask.fromLong(INTS, 0x5555_5555_5555_5555L >>> (64 - LANES));

    private static int[] halves(int first) {
      return IntStream.range(0, LANES).map(i -> first + i / 2).toArray();
    }
  }
}
