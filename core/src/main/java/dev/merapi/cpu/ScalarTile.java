package dev.merapi.cpu;

/**
 * The scalar twin: what runs without the Vector API, and what the vector kernels are tested beside.
 */
final class ScalarTile implements TileKernel {
  private static final int ROWS = 4;
  private static final int COLUMNS = 4;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void multiply(
      int depth, long a, long b, long bStride, long seed, long seedStride, long c, long cStride) {
    for (int row = 0; row < ROWS; row++) {
      long s = seed + row * seedStride;
      float c0 = Memory.getFloat(s);
      float c1 = Memory.getFloat(s + 4);
      float c2 = Memory.getFloat(s + 8);
      float c3 = Memory.getFloat(s + 12);
      for (int p = 0; p < depth; p++) {
        long bRow = b + p * bStride;
        float x = Memory.getFloat(a + row * ROW_STRIDE + p * 4L);
        c0 += x * Memory.getFloat(bRow);
        c1 += x * Memory.getFloat(bRow + 4);
        c2 += x * Memory.getFloat(bRow + 8);
        c3 += x * Memory.getFloat(bRow + 12);
      }
      long to = c + row * cStride;
      Memory.setFloat(to, c0);
      Memory.setFloat(to + 4, c1);
      Memory.setFloat(to + 8, c2);
      Memory.setFloat(to + 12, c3);
    }
  }

  @Override
  public void multiplyGathered(
      int depth, long a, long b, long offsets, long seed, long seedStride, long c, long cStride) {
    for (int row = 0; row < ROWS; row++) {
      long s = seed + row * seedStride;
      float c0 = Memory.getFloat(s);
      float c1 = Memory.getFloat(s + 4);
      float c2 = Memory.getFloat(s + 8);
      float c3 = Memory.getFloat(s + 12);
      for (int p = 0; p < depth; p++) {
        long bRow = b + Memory.getLong(offsets + p * 8L);
        float x = Memory.getFloat(a + row * ROW_STRIDE + p * 4L);
        c0 += x * Memory.getFloat(bRow);
        c1 += x * Memory.getFloat(bRow + 4);
        c2 += x * Memory.getFloat(bRow + 8);
        c3 += x * Memory.getFloat(bRow + 12);
      }
      long to = c + row * cStride;
      Memory.setFloat(to, c0);
      Memory.setFloat(to + 4, c1);
      Memory.setFloat(to + 8, c2);
      Memory.setFloat(to + 12, c3);
    }
  }

  @Override
  public void addRows(int depth, int columns, long a, long b, long bStride, long c) {
    for (int p = 0; p < depth; p++) {
      float x = Memory.getFloat(a + p * 4L);
      for (int j = 0; j < columns; j++) {
        long to = c + j * 4L;
        Memory.setFloat(to, Memory.getFloat(to) + x * Memory.getFloat(b + p * bStride + j * 4L));
      }
    }
  }

  @Override
  public void dots(int rows, int depth, long a, long b, long bStride, long c, long work) {
    for (int j = 0; j < rows; j++) {
      float sum = 0;
      for (int p = 0; p < depth; p++) {
        sum += Memory.getFloat(a + p * 4L) * Memory.getFloat(b + j * bStride + p * 4L);
      }
      Memory.setFloat(c + j * 4L, sum);
    }
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
          COLUMNS,
          from + panel * 4L * COLUMNS,
          fromStride,
          to + panel * panelStride,
          4L * COLUMNS);
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
