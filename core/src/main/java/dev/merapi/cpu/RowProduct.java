package dev.merapi.cpu;

import java.util.function.IntConsumer;

/**
 * Products of one row: {@code c = a B}, for a batch. Each number of B is used once, so B is
 * streamed from where it lies, never packed: by its columns where those are contiguous (a linear
 * layer's weight), else by its rows. Columns may be of bf16, of which half the bytes are read.
 *
 * @param kernel inner loops
 * @param s the sizes, with {@code m = 1}
 * @param a rows of {@code k} contiguous floats
 * @param b any matrix with contiguous rows or columns
 * @param c results
 * @param columns of B that one task takes
 * @param half whether B is of bf16; its columns are contiguous then
 */
record RowProduct(
    TileKernel kernel, Gemm.Shape s, Matrix a, Matrix b, Gemm.Output c, int columns, boolean half)
    implements IntConsumer {
  /** Numbers of B in a task: some microseconds of streaming. */
  private static final int TASK = 1 << 16;

  /** Columns that a task must have where B is read by rows, so that each row is a long run. */
  private static final int LEAST_COLUMNS = 256;

  private static final int MOST_COLUMNS = 2048;

  /** Whether this way suits a product. */
  static boolean fits(Gemm.Shape s, Operand a, Operand b) {
    return s.m() == 1
        && s.k() > 0
        && a instanceof Matrix left
        && b instanceof Matrix right
        && (left.columnStride() == 1 || s.k() == 1)
        && (right.columnStride() == 1 || right.rowStride() == 1);
  }

  static void run(
      TileKernel kernel, ComputePool pool, Gemm.Shape s, Matrix a, Matrix b, Gemm.Output c) {
    int fewest = b.columnStride() == 1 ? LEAST_COLUMNS : Scratch.GROUP;
    int each = Math.clamp(TASK / s.k(), fewest, MOST_COLUMNS) / fewest * fewest;
    var product = new RowProduct(kernel, s, a, b, c, each, /* half= */ false);
    pool.parallelFor(Math.multiplyExact(s.batch(), product.blocks()), product);
  }

  /** Where the columns of B are contiguous and of bf16; c is overwritten. */
  static void runHalf(ComputePool pool, Gemm.Shape s, Matrix a, Matrix b, Gemm.Output c) {
    int each = Math.clamp(TASK / s.k(), Scratch.GROUP, MOST_COLUMNS) / Scratch.GROUP;
    var kernel = TileKernel.best();
    var product = new RowProduct(kernel, s, a, b, c, each * Scratch.GROUP, /* half= */ true);
    pool.parallelFor(Math.multiplyExact(s.batch(), product.blocks()), product);
  }

  private int blocks() {
    return Math.ceilDiv(s.n(), columns);
  }

  @Override
  public void accept(int task) {
    int batch = task / blocks();
    int first = task % blocks() * columns;
    int count = Math.min(columns, s.n() - first);
    long x = a.at(batch, 0, 0);
    long to = c.at(batch, 0, first);
    if (half) {
      halfDots(batch, first, count, to);
    } else if (b.columnStride() == 1) {
      if (!c.accumulate()) {
        Memory.zero(to, 4L * count);
      }
      kernel.addRows(s.k(), count, x, b.at(batch, 0, first), 4 * b.rowStride(), to);
    } else {
      dots(x, b.at(batch, 0, first), count, to);
    }
    Gemm.finish(c, batch, 0, 1, first, count);
  }

  private void dots(long x, long first, int count, long to) {
    var scratch = Scratch.get();
    for (int j = 0; j < count; j += Scratch.GROUP) {
      int group = Math.min(Scratch.GROUP, count - j);
      long from = first + 4L * j * b.columnStride();
      if (c.accumulate()) {
        kernel.dots(group, s.k(), x, from, 4 * b.columnStride(), scratch.tile, scratch.dots);
        kernel.add(group, scratch.tile, to + 4L * j);
      } else {
        kernel.dots(group, s.k(), x, from, 4 * b.columnStride(), to + 4L * j, scratch.dots);
      }
    }
  }

  private void halfDots(int batch, int first, int count, long to) {
    var scratch = Scratch.get();
    long x = a.at(batch, 0, 0);
    int pairs = s.k() / 2;
    long halves = scratch.partials(4L * s.k());
    kernel.takeSecond(pairs, x, halves);
    kernel.takeSecond(pairs, x + 4, halves + 4L * pairs);
    long stride = 2 * b.columnStride();
    long from = b.address() + 2 * (batch * b.batchStride()) + first * stride;
    for (int j = 0; j < count; j += Scratch.GROUP) {
      int group = Math.min(Scratch.GROUP, count - j);
      long columns = from + j * stride;
      kernel.halfDots(group, s.k(), x, halves, columns, stride, to + 4L * j, scratch.dots);
    }
  }
}
