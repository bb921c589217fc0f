package dev.merapi.cpu;

/**
 * The scalar twin of a tile kernel of any size: what runs without the Vector API. It has the same
 * bits as a vector kernel of as many lanes.
 */
final class ScalarTile implements TileKernel {
  private static final int GROUP = 4;

  /** No table of offsets: rows of B follow one another. */
  private static final long IN_LINE = 0;

  private final int rows;
  private final int columns;
  private final int lanes;

  /**
   * @param columns a multiple of four
   * @param lanes partial sums of {@link #dots}, which are added up last
   */
  ScalarTile(int rows, int columns, int lanes) {
    this.rows = rows;
    this.columns = columns;
    this.lanes = lanes;
  }

  /** What a processor without vectors runs. */
  static ScalarTile plain() {
    return new ScalarTile(4, 4, 1);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void multiply(
      int depth, long a, long b, long bStride, long seed, long seedStride, long c, long cStride) {
    sums(depth, a, b, bStride, IN_LINE, seed, seedStride, c, cStride);
  }

  @Override
  public void multiplyGathered(
      int depth, long a, long b, long offsets, long seed, long seedStride, long c, long cStride) {
    sums(depth, a, b, 0, offsets, seed, seedStride, c, cStride);
  }

  private void sums(
      int depth,
      long a,
      long b,
      long bStride,
      long offsets,
      long seed,
      long seedStride,
      long c,
      long cStride) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column += GROUP) {
        long s = seed + row * seedStride + column * 4L;
        float c0 = Memory.getFloat(s);
        float c1 = Memory.getFloat(s + 4);
        float c2 = Memory.getFloat(s + 8);
        float c3 = Memory.getFloat(s + 12);
        for (int p = 0; p < depth; p++) {
          long from = offsets == IN_LINE ? p * bStride : Memory.getLong(offsets + p * 8L);
          long bRow = b + from + column * 4L;
          float x = Memory.getFloat(a + row * ROW_STRIDE + p * 4L);
          c0 = Math.fma(x, Memory.getFloat(bRow), c0);
          c1 = Math.fma(x, Memory.getFloat(bRow + 4), c1);
          c2 = Math.fma(x, Memory.getFloat(bRow + 8), c2);
          c3 = Math.fma(x, Memory.getFloat(bRow + 12), c3);
        }
        put(c + row * cStride + column * 4L, c0, c1, c2, c3);
      }
    }
  }

  private static void put(long to, float c0, float c1, float c2, float c3) {
    Memory.setFloat(to, c0);
    Memory.setFloat(to + 4, c1);
    Memory.setFloat(to + 8, c2);
    Memory.setFloat(to + 12, c3);
  }

  @Override
  public void addRows(int depth, int columns, long a, long b, long bStride, long c) {
    for (int p = 0; p < depth; p++) {
      float x = Memory.getFloat(a + p * 4L);
      for (int j = 0; j < columns; j++) {
        long to = c + j * 4L;
        float y = Memory.getFloat(b + p * bStride + j * 4L);
        Memory.setFloat(to, Math.fma(x, y, Memory.getFloat(to)));
      }
    }
  }

  @Override
  public void dots(int rows, int depth, long a, long b, long bStride, long c, long work) {
    int whole = depth / lanes * lanes;
    for (int j = 0; j < rows; j++) {
      long row = b + j * bStride;
      float sum = dot(0, lanes, whole, a, row, 0);
      for (int lane = 1; lane < lanes; lane++) {
        sum += dot(lane, lanes, whole, a, row, 0);
      }
      Memory.setFloat(c + j * 4L, dot(whole, 1, depth, a, row, sum));
    }
  }

  @Override
  public void halfDots(
      int rows, int depth, long a, long halves, long b, long bStride, long c, long work) {
    int whole = depth / (2 * lanes) * 2 * lanes;
    for (int j = 0; j < rows; j++) {
      long row = b + j * bStride;
      float sum = halfDot(0, whole, a, row);
      for (int lane = 1; lane < lanes; lane++) {
        sum += halfDot(2 * lane, whole, a, row);
      }
      for (int p = whole; p < depth; p++) {
        sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getBf16(row + p * 2L), sum);
      }
      Memory.setFloat(c + j * 4L, sum);
    }
  }

  /** Over each {@code lanes}-th pair. */
  private float halfDot(int first, int end, long a, long b) {
    float sum = 0;
    for (int pair = first; pair < end; pair += 2 * lanes) {
      for (int p = pair; p < pair + 2; p++) {
        sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getBf16(b + p * 2L), sum);
      }
    }
    return sum;
  }

  /** {@code sum + Σ a[p] b[p]} over each {@code step}-th p. */
  private static float dot(int first, int step, int end, long a, long b, float sum) {
    for (int p = first; p < end; p += step) {
      sum = Math.fma(Memory.getFloat(a + p * 4L), Memory.getFloat(b + p * 4L), sum);
    }
    return sum;
  }

  @Override
  public void copy(int rows, int columns, long from, long fromStride, long to, long toStride) {
    for (int i = 0; i < rows; i++) {
      Memory.copy(from + i * fromStride, to + i * toStride, columns * 4L);
    }
  }

  @Override
  public void takeSecond(int count, long from, long to) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * 4L, Memory.getFloat(from + i * 8L));
    }
  }

  @Override
  public void putSecond(int count, long from, long to) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * 8L, Memory.getFloat(from + i * 4L));
    }
  }

  @Override
  public void split(int rows, int panels, long from, long fromStride, long to, long panelStride) {
    for (int panel = 0; panel < panels; panel++) {
      copy(
          rows,
          columns,
          from + panel * 4L * columns,
          fromStride,
          to + panel * panelStride,
          4L * columns);
    }
  }

  @Override
  public void transpose(int rows, int columns, long from, long fromStride, long to, long toStride) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        Memory.setFloat(
            to + j * toStride + i * 4L, Memory.getFloat(from + i * fromStride + j * 4L));
      }
    }
  }

  @Override
  public void add(int count, long from, long to) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * 4L, Memory.getFloat(to + i * 4L) + Memory.getFloat(from + i * 4L));
    }
  }

  @Override
  public void addScalar(int count, float value, long to) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * 4L, Memory.getFloat(to + i * 4L) + value);
    }
  }

  @Override
  public void relu(int count, long to) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * 4L, Math.max(Memory.getFloat(to + i * 4L), 0));
    }
  }
}
