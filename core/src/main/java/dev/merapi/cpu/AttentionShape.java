package dev.merapi.cpu;

import dev.merapi.graph.FusedAttention;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import java.util.List;

/**
 * The sizes of an attention, and how its operands are found.
 *
 * @param dim elements of a query, a key and a value
 * @param padded dim, or more, so that it is a whole number of panels
 */
record AttentionShape(
    FusedAttention op,
    TileKernel kernel,
    List<Kernel.View> views,
    int batch,
    int heads,
    int kvHeads,
    int time,
    int timeK,
    int dim,
    int padded) {

  static AttentionShape of(FusedAttention op, TileKernel kernel, Kernel.Fused k) {
    Shape q = k.shapes().get(0);
    Shape keys = k.shapes().get(1);
    int dim = q.size(3);
    return new AttentionShape(
        op,
        kernel,
        k.inputs(),
        q.size(0),
        q.size(1),
        keys.size(1),
        q.size(2),
        keys.size(2),
        dim,
        up(dim, kernel.columns()));
  }

  static int up(int value, int step) {
    return (value + step - 1) / step * step;
  }

  /** Rows, rounded up to whole tiles. */
  int tiled(int rows) {
    return up(rows, kernel.rows());
  }

  float scale() {
    return (float) op.scale();
  }

  /** What a head of an input (batch, heads, time, dim) has, as a matrix (time, dim). */
  Matrix head(int input, long[] buffers, int batchNumber, int head) {
    Kernel.View view = views.get(input);
    long at = view.offset() + batchNumber * view.strides().get(0) + head * view.strides().get(1);
    return new Matrix(buffers[view.buffer()] + 4 * at, 0, view.strides().get(2), 1);
  }

  /** The address of the numbers that are added to the scores of a sample's keys. */
  long bias(long[] buffers, int batchNumber) {
    Kernel.View view = views.get(3);
    return buffers[view.buffer()] + 4 * (view.offset() + batchNumber * view.strides().get(0));
  }

  /** The key of the random numbers. */
  long key(long[] buffers) {
    Kernel.View view = views.get(op.biased() ? 4 : 3);
    return Memory.getLong(buffers[view.buffer()] + DType.I64.bytes() * view.offset());
  }

  /** The number of the random number for a query and a key. */
  long number(int batchNumber, int head, int query, int key) {
    return (((long) batchNumber * heads + head) * time + query) * timeK + key;
  }

  float keep() {
    return (float) (1 - op.dropout());
  }

  /** How many keys, counted from the first, a query sees. */
  int seen(int query) {
    return op.causal() ? Math.clamp(query + 1L + timeK - time, 0, timeK) : timeK;
  }

  /** The first query that sees a key. */
  int firstQuery(int key) {
    return op.causal() ? Math.clamp((long) key - timeK + time, 0, time) : 0;
  }

  /**
   * A right factor of {@code rows} rows and dim columns, cut to panels: read where it lies if its
   * rows are whole panels, else packed.
   */
  Panels panels(Matrix x, int row, int rows, long packed) {
    if (dim == padded) {
      return new Panels(x.at(0, row, 0), 4L * kernel.columns(), 4 * x.rowStride());
    }
    long stride = panelStride(rows);
    x.packPanels(kernel, new Operand.Block(0, row, rows, 0, dim), packed, stride);
    return new Panels(packed, stride, 4L * kernel.columns());
  }

  /** Packs a right factor of dim rows and {@code columns} columns: rows of x, transposed. */
  Panels transposed(Matrix x, int row, int columns, long packed) {
    long stride = panelStride(dim);
    x.transposed().packPanels(kernel, new Operand.Block(0, 0, dim, row, columns), packed, stride);
    return new Panels(packed, stride, 4L * kernel.columns());
  }

  /** One row more, so that panels are no power of two apart. */
  private long panelStride(int rows) {
    return (rows + 1) * 4L * kernel.columns();
  }

  /** Bytes of panels of so many rows and columns. */
  long panelBytes(int rows, int columns) {
    return panelStride(rows) * Math.ceilDiv(columns, kernel.columns());
  }

  /** Panels of a right factor: where the first is, how far the next, how far the rows in one. */
  record Panels(long address, long step, long rowStride) {
    long at(int panel) {
      return address + panel * step;
    }

    /** The same from a later row on. */
    Panels from(int row) {
      return new Panels(address + row * rowStride, step, rowStride);
    }
  }

  /**
   * {@code c (+)= a b} for rows of tiles: a packed by rows, b in panels, c with whole tiles.
   *
   * @param rows of c, rounded up to whole tiles
   * @param columns of c, rounded up to whole panels
   * @param zeros a row of zeros as wide as a panel, or 0 to add to c
   */
  void product(
      int depth, long a, Panels b, int rows, int columns, long zeros, long c, long cStride) {
    for (int panel = 0; panel * kernel.columns() < columns; panel++) {
      for (int row = 0; row < rows; row += kernel.rows()) {
        long to = c + row * cStride + panel * 4L * kernel.columns();
        long seed = zeros == 0 ? to : zeros;
        long seedStride = zeros == 0 ? cStride : 0;
        kernel.multiply(
            depth,
            a + row * TileKernel.ROW_STRIDE,
            b.at(panel),
            b.rowStride,
            seed,
            seedStride,
            to,
            cStride);
      }
    }
  }
}
