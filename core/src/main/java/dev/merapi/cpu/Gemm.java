package dev.merapi.cpu;

import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Matrix products in fp32: {@code C = A B} or {@code C += A B}, for a batch of problems of one
 * shape, then an {@link Epilogue}.
 *
 * <p>A block of C is one task. It walks the depth in passes of {@link TileKernel#DEPTH}; each pass
 * packs its block of B so that it stays in the second-level cache (or reads it in place where A has
 * few rows), then strips of A, and runs the tile kernel over them. Ragged edges go through a
 * scratch tile. Where C is small and the depth large, the depth is cut too, and the partial sums
 * are added in order.
 *
 * <p>Cuts of the depth follow from the shape alone, and those of rows and columns change no sum, so
 * the result has the same bits on any number of threads. The blocking is that of Goto and van de
 * Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
 */
public final class Gemm {
  /** Bounds on the tasks of a product that are wanted, if its blocks do not make more. */
  private static final int FEWEST_TASKS = 4;

  /** Tasks for a thread that let it wait little for the others; more only pack more often. */
  private static final int TASKS_OF_THREAD = 2;

  private static final int MOST_TASKS = 16;

  /** Products for which one more task is wanted. */
  private static final double SHARE_PRODUCTS = 1L << 27;

  /** Products below which a task is not worth handing out. */
  private static final long TASK_PRODUCTS = 1L << 20;

  /** Rows of a block of C, at most. */
  private static final int BLOCK_ROWS = 1024;

  /** Rows, or columns, that must use what is copied, or the copy costs too much. */
  private static final int WORTH_PACKING = 64;

  /**
   * Rows of A below which B is read in place: each panel is then used too seldom to pay for its
   * copy.
   */
  private static final int IN_PLACE_ROWS = 64;

  /** Depth below which a sum is not split. */
  private static final int SPLIT_DEPTH = 5 * TileKernel.DEPTH;

  private Gemm() {}

  /**
   * The sizes of a product.
   *
   * @param batch problems
   * @param m rows of A and C
   * @param n columns of B and C
   * @param k columns of A, rows of B; 0 gives sums of nothing, which are 0
   */
  public record Shape(int batch, int m, int n, int k) {
    /** Checks that no size is negative. */
    public Shape {
      if (batch < 0 || m < 0 || n < 0 || k < 0) {
        throw new IllegalArgumentException(
            "matrix product: negative size in batch %d, m %d, n %d, k %d"
                .formatted(batch, m, n, k));
      }
    }
  }

  /**
   * Where the result goes: rows of contiguous floats.
   *
   * @param address of the first element
   * @param batchStride elements from one result to the next
   * @param rowStride elements from one row to the next
   * @param accumulate add to what is there, instead of overwriting it
   * @param epilogue run on finished rows
   */
  public record Output(
      long address, long batchStride, long rowStride, boolean accumulate, Epilogue epilogue) {
    /** Overwrites contiguous matrices. */
    public static Output of(long address, int m, int n) {
      return new Output(address, (long) m * n, n, false, Epilogue.NONE);
    }

    /** The same place, added to. */
    public Output accumulated() {
      return new Output(address, batchStride, rowStride, true, epilogue);
    }

    /** The same place, with {@code next} run after the present epilogue. */
    public Output then(Epilogue next) {
      Epilogue both = epilogue.equals(Epilogue.NONE) ? next : epilogue.andThen(next);
      return new Output(address, batchStride, rowStride, accumulate, both);
    }

    long at(int batch, int row, int column) {
      return address + 4 * (batch * batchStride + row * rowStride + column);
    }
  }

  /**
   * Multiplies, on the threads of {@code pool}.
   *
   * @param a the left factor, (batch, m, k)
   * @param b the right factor, (batch, k, n)
   * @param c the result, (batch, m, n); must not overlap the factors
   */
  public static void multiply(ComputePool pool, Shape shape, Matrix a, Matrix b, Output c) {
    multiply(TileKernel.best(), pool, shape, a, b, c);
  }

  static void multiply(
      TileKernel kernel, ComputePool pool, Shape shape, Operand a, Operand b, Output c) {
    if (shape.batch == 0 || shape.m == 0 || shape.n == 0) {
      return;
    }
    if (RowProduct.fits(shape, a, b)) {
      RowProduct.run(kernel, pool, shape, (Matrix) a, (Matrix) b, c);
      return;
    }
    var cut = Cut.of(shape, kernel, pool.threads(), a, b);
    if (cut.splits == 1) {
      pool.parallelFor(cut.tasks(shape), new Product(kernel, shape, cut, a, b, c));
      return;
    }
    long size = (long) shape.batch * shape.m * shape.n;
    long partials = Scratch.get().partials(4 * size * cut.splits);
    var sums = new Output(partials, (long) shape.m * shape.n, shape.n, false, Epilogue.NONE);
    pool.parallelFor(cut.tasks(shape), new Product(kernel, shape, cut, a, b, sums));
    pool.parallelFor(shape.batch, batch -> addPartials(kernel, shape, cut, batch, sums, c));
  }

  private static void addPartials(
      TileKernel kernel, Shape shape, Cut cut, int batch, Output sums, Output c) {
    for (int row = 0; row < shape.m; row++) {
      long to = c.at(batch, row, 0);
      for (int split = 0; split < cut.splits; split++) {
        long from = sums.at(split * shape.batch + batch, row, 0);
        if (split == 0 && !c.accumulate) {
          Memory.copy(from, to, 4L * shape.n);
        } else {
          kernel.add(shape.n, from, to);
        }
      }
      finish(c, batch, row, 1, 0, shape.n);
    }
  }

  static void finish(Output c, int batch, int row, int rows, int column, int columns) {
    if (!c.epilogue.equals(Epilogue.NONE)) {
      long at = c.at(batch, row, column);
      c.epilogue.apply(new Epilogue.Rows(batch, row, rows, column, columns, at, 4 * c.rowStride));
    }
  }

  /**
   * How a shape is cut into tasks.
   *
   * @param rows of a block of C, a multiple of the strip's
   * @param columns of a block of C, a multiple of the panel's
   * @param splits parts of the depth
   * @param depth of each part but the last, a multiple of {@link TileKernel#DEPTH} where there are
   *     several
   */
  private record Cut(int rows, int columns, int splits, int depth) {
    static Cut of(Shape s, TileKernel kernel, int threads, Operand a, Operand b) {
      int strip = Scratch.stripRows(kernel, 0);
      int panel = kernel.columns();
      int rows = Math.min(BLOCK_ROWS, roundUp(s.m, strip));
      int columns = Math.min(Scratch.BLOCK_COLUMNS, roundUp(s.n, panel));
      double products = (double) s.batch * s.m * s.n * s.k;
      long wanted = Math.clamp((long) (products / SHARE_PRODUCTS), FEWEST_TASKS, MOST_TASKS);
      wanted = threads == 1 ? 1 : Math.min(wanted, (long) TASKS_OF_THREAD * threads);
      while (s.batch * blocks(s, rows, columns) < wanted
          && (long) rows * columns * s.k >= 2 * TASK_PRODUCTS) {
        // Half the columns means packing A once more, half the rows B: the cheaper, if it pays.
        boolean free = rows <= 2 * IN_PLACE_ROWS && b.inPlace().isPresent();
        long across = (long) rows * a.packingCost();
        long down = free ? 0 : (long) columns * b.packingCost();
        int fewest = free ? strip : b.packingCost() * WORTH_PACKING;
        if (down <= across && rows >= 2 * fewest) {
          rows = roundUp(rows / 2, strip);
        } else if (columns >= 2 * a.packingCost() * WORTH_PACKING) {
          columns = roundUp(columns / 2, panel);
        } else {
          break;
        }
      }
      // Whether to split, and so the order of the sums, follows from the sizes alone.
      long blocks = s.batch * blocks(s, WORTH_PACKING, WORTH_PACKING);
      int splits = 1;
      int depth = s.k;
      if (blocks < FEWEST_TASKS && s.k >= 2 * SPLIT_DEPTH) {
        long parts = Math.min(MOST_TASKS / blocks, s.k / SPLIT_DEPTH);
        depth = roundUp((int) ((s.k + parts - 1) / parts), TileKernel.DEPTH);
        splits = Math.ceilDiv(s.k, depth);
      }
      return new Cut(rows, columns, splits, depth);
    }

    private static long blocks(Shape s, int rows, int columns) {
      return (long) ((s.m + rows - 1) / rows) * ((s.n + columns - 1) / columns);
    }

    int tasks(Shape s) {
      return Math.toIntExact(s.batch * blocks(s, rows, columns) * splits);
    }
  }

  private static int roundUp(int value, int step) {
    return Math.toIntExact((value + step - 1L) / step * step);
  }

  /** The tasks of one call. */
  private record Product(TileKernel kernel, Shape s, Cut cut, Operand a, Operand b, Output c)
      implements IntConsumer {
    @Override
    public void accept(int task) {
      int blocksDown = (s.m + cut.rows - 1) / cut.rows;
      int blocksAcross = (s.n + cut.columns - 1) / cut.columns;
      int down = task % blocksDown;
      int across = task / blocksDown % blocksAcross;
      int batch = task / blocksDown / blocksAcross % s.batch;
      int split = task / blocksDown / blocksAcross / s.batch;
      int row = down * cut.rows;
      int column = across * cut.columns;
      int rows = Math.min(cut.rows, s.m - row);
      int columns = Math.min(cut.columns, s.n - column);
      int from = split * cut.depth;
      int to = Math.min(s.k, from + cut.depth);
      // With split sums, C is the batch of partial results, split by split.
      int result = split * s.batch + batch;
      if (to == from) {
        clear(result, row, rows, column, columns);
        return;
      }
      var scratch = Scratch.get();
      for (int depth = from; depth < to; depth += TileKernel.DEPTH) {
        int depths = Math.min(TileKernel.DEPTH, to - depth);
        var panels =
            panels(scratch, new Operand.Block(batch, depth, depths, column, columns), rows);
        boolean accumulate = c.accumulate || depth > from;
        boolean last = depth + depths == to;
        // A transposed A is read a line of memory at a time: many rows share it.
        int strip = Scratch.stripRows(kernel, a.packingCost() > 1 ? Integer.MAX_VALUE : columns);
        for (int r = row; r < row + rows; r += strip) {
          int stripRows = Math.min(strip, row + rows - r);
          a.packRows(kernel, new Operand.Block(batch, r, stripRows, depth, depths), scratch.strip);
          for (int i = 0; i < stripRows; i += kernel.rows()) {
            int tileRows = Math.min(kernel.rows(), stripRows - i);
            long packed = scratch.strip + i * TileKernel.ROW_STRIDE;
            var target = new Target(c.at(result, r + i, column), tileRows, columns, accumulate);
            tiles(scratch, panels, packed, depths, target);
            if (last) {
              finish(c, result, r + i, tileRows, column, columns);
            }
          }
        }
      }
    }

    private void clear(int batch, int row, int rows, int column, int columns) {
      for (int i = row; i < row + rows; i++) {
        if (!c.accumulate) {
          Memory.zero(c.at(batch, i, column), 4L * columns);
        }
        finish(c, batch, i, 1, column, columns);
      }
    }

    /** Packs a block of B, or finds it where it lies. */
    private Panels panels(Scratch scratch, Operand.Block block, int rows) {
      int width = kernel.columns();
      long panelStride = (TileKernel.DEPTH + 1) * 4L * width; // + 1: not a power of two apart
      var packed = new Source(scratch.block, panelStride, 4L * width);
      int whole = block.columns() / width;
      var matrix = rows <= IN_PLACE_ROWS ? b.inPlace() : Optional.<Matrix>empty();
      if (matrix.isEmpty() || whole == 0) {
        b.packPanels(kernel, block, scratch.block, panelStride);
        return new Panels(0, packed, packed);
      }
      int columns = whole * width;
      if (columns < block.columns()) {
        b.packPanels(kernel, block.from(columns), scratch.block, panelStride);
      }
      var m = matrix.get();
      long first = m.at(block.batch(), block.row(), block.column());
      var inPlace = new Source(first, 4L * width, 4 * m.rowStride());
      return new Panels(whole, inPlace, packed);
    }

    /** A row of tiles: one packed panel of A against all panels of B. */
    private void tiles(Scratch scratch, Panels panels, long packed, int depths, Target target) {
      int width = kernel.columns();
      long stride = 4 * c.rowStride;
      for (int panel = 0; panel * width < target.columns; panel++) {
        var source = panels.source(panel);
        long from = panels.address(panel);
        int columns = Math.min(width, target.columns - panel * width);
        long to = target.address + panel * 4L * width;
        boolean whole = target.rows == kernel.rows() && columns == width;
        long tile = whole ? to : scratch.tile;
        long tileStride = whole ? stride : 4L * width;
        if (!whole && target.accumulate) {
          kernel.copy(target.rows, columns, to, stride, tile, tileStride);
        }
        long seed = target.accumulate ? tile : scratch.zeros;
        long seedStride = target.accumulate ? tileStride : 0;
        kernel.multiply(depths, packed, from, source.rowStride, seed, seedStride, tile, tileStride);
        if (!whole) {
          kernel.copy(target.rows, columns, tile, tileStride, to, stride);
        }
      }
    }
  }

  /** Rows of C that one row of tiles gives. */
  private record Target(long address, int rows, int columns, boolean accumulate) {}

  /** Panels of B: where the first is, how far the next, and how far the rows in one. */
  private record Source(long address, long step, long rowStride) {}

  /** The panels of a block of B: so many in place, and then packed ones. */
  private record Panels(int inPlace, Source first, Source rest) {
    Source source(int panel) {
      return panel < inPlace ? first : rest;
    }

    long address(int panel) {
      return panel < inPlace
          ? first.address + panel * first.step
          : rest.address + (panel - inPlace) * rest.step;
    }
  }
}
