package dev.merapi.onednn;

import dev.merapi.backend.Accelerator;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * A product of bf16 matrices, block by block of its result, each a call of its own on one thread:
 * what rides on the store then finds its block in the second-level cache. Blocks follow from the
 * shape alone, so the result has the same bits on any number of threads.
 */
final class Product implements Accelerator.Work {
  /** Rows and columns of a block, at most: its f32 fill half of a second-level cache. */
  private static final int ROWS = 256;

  private static final int COLUMNS = 512;

  /** Products that are worth a task. */
  private static final long TASK_PRODUCTS = 1L << 22;

  /** Tasks that are wanted, if the work is enough for them. */
  private static final int TASKS = 8;

  /** With fewer rows than this, reading B is what takes the time. */
  private static final int FEW_ROWS = 16;

  private final Library library;
  private final Kernel.MatMul kernel;
  private final Layout a;
  private final Layout b;
  private final int places;
  private final int rows;
  private final int columns;
  private final int down;
  private final int across;

  /** Places of the batch in a task, where a place is one block. */
  private final int group;

  private Product(Library library, Kernel.MatMul kernel, Layout a, Layout b) {
    this.library = library;
    this.kernel = kernel;
    this.a = a;
    this.b = b;
    places = kernel.batch().stream().reduce(1, (x, y) -> x * y);
    double weight = (double) Math.max(kernel.m(), FEW_ROWS) * kernel.n() * kernel.k();
    double wanted = Math.clamp(places * weight / TASK_PRODUCTS, 1, TASKS);
    int tall = even(kernel.m(), ROWS, 16);
    int wide = even(kernel.n(), COLUMNS, 32);
    while ((double) places * count(kernel.m(), tall) * count(kernel.n(), wide) < wanted
        && (tall > 64 || wide > 64)) {
      if (tall >= wide) {
        tall = even(kernel.m(), Math.max(tall / 2, 16), 16);
      } else {
        wide = even(kernel.n(), Math.max(wide / 2, 32), 32);
      }
    }
    rows = tall;
    columns = wide;
    down = count(kernel.m(), rows);
    across = count(kernel.n(), columns);
    group = down * across > 1 ? 1 : Math.clamp((long) (TASK_PRODUCTS / weight), 1, places);
  }

  /** Empty where the factors lie neither by rows nor by columns. */
  static Optional<Accelerator.Work> of(Library library, Kernel.MatMul kernel) {
    var a = Layout.of(kernel.a(), kernel.m(), kernel.k());
    var b = Layout.of(kernel.b(), kernel.k(), kernel.n());
    boolean fits = a.isPresent() && b.isPresent();
    return fits ? Optional.of(new Product(library, kernel, a.get(), b.get())) : Optional.empty();
  }

  /** The nearest size below {@code most} that cuts {@code n} into equal parts. */
  private static int even(int n, int most, int multiple) {
    int part = Math.ceilDiv(n, count(n, most));
    return Math.ceilDiv(part, multiple) * multiple;
  }

  private static int count(int n, int part) {
    return Math.ceilDiv(n, part);
  }

  @Override
  public void run(long[] buffers, Accelerator.Threads threads, Accelerator.Finish finish) {
    int blocks = down * across;
    threads.parallelFor(
        Math.ceilDiv(places, group) * blocks,
        task -> {
          int first = task / blocks * group;
          for (int place = first; place < Math.min(places, first + group); place++) {
            block(buffers, place, task % blocks, finish);
          }
        });
  }

  private void block(long[] buffers, int place, int block, Accelerator.Finish finish) {
    // Down first: neighbours share their columns of B, which is the larger factor more often.
    int row = block % down * rows;
    int column = block / down * columns;
    int height = Math.min(rows, kernel.m() - row);
    int width = Math.min(columns, kernel.n() - column);
    var c = kernel.c();
    long stride = c.strides().get(c.strides().size() - 2);
    long to = buffers[c.buffer()] + 4 * (offset(c, place) + row * stride + column);
    library.multiply(
        height,
        width,
        kernel.k(),
        a.at(buffers, offset(kernel.a(), place), row, 0),
        b.at(buffers, offset(kernel.b(), place), 0, column),
        /* add= */ false,
        to,
        Math.max(stride, kernel.n()));
    finish.rows((long) place * kernel.m() + row, height, column, width);
  }

  /** Elements from the buffer's start to a place of the batch. */
  private long offset(Kernel.View view, int place) {
    List<Integer> batch = kernel.batch();
    long at = view.offset();
    int rest = place;
    for (int axis = batch.size() - 1; axis >= 0; axis--) {
      at += rest % batch.get(axis) * view.strides().get(axis);
      rest /= batch.get(axis);
    }
    return at;
  }

  /**
   * How a factor lies.
   *
   * @param order {@code N} by rows, {@code T} by columns
   * @param rowStride elements from row to row
   * @param columnStride elements from column to column
   */
  private record Layout(int buffer, byte order, long rowStride, long columnStride) {
    static Optional<Layout> of(Kernel.View view, int rows, int columns) {
      if (view.dtype() != DType.BF16) {
        return Optional.empty();
      }
      int axes = view.strides().size();
      // The stride of an axis of one element is free.
      long down = rows == 1 ? columns : view.strides().get(axes - 2);
      long across = columns == 1 ? 1 : view.strides().get(axes - 1);
      if (across == 1 && down >= columns) {
        return Optional.of(new Layout(view.buffer(), (byte) 'N', down, 1));
      }
      down = rows == 1 ? 1 : down;
      across = columns == 1 ? rows : across;
      return down == 1 && across >= rows
          ? Optional.of(new Layout(view.buffer(), (byte) 'T', 1, across))
          : Optional.empty();
    }

    Library.Factor at(long[] buffers, long offset, int row, int column) {
      long element = offset + row * rowStride + column * columnStride;
      return new Library.Factor(
          order, buffers[buffer] + DType.BF16.bytes() * element, Math.max(rowStride, columnStride));
    }
  }
}
