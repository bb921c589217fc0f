package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;

/**
 * How a {@link Kernel.Rows} is cut into tiles. Blocks fit the first cache several times over; rows
 * shorter than {@link #SHORT} share a tile; reads across the rows take tiles of {@link #ACROSS}.
 *
 * @param rows rows of a tile
 * @param columns columns of a tile
 * @param inner columns of a row
 */
record RowShape(int rows, int columns, int inner) {
  /** Elements of a tile. */
  static final int BLOCK = 1024;

  private static final int SHORT = 129;
  private static final int ACROSS = 16;

  /**
   * @param anyPart whether parts of rows are asked for, so that no tile may count on whole ones
   */
  static RowShape of(Kernel.Rows kernel, RowSpace space, boolean anyPart) {
    int inner = space.inner();
    if (anyPart) {
      return new RowShape(1, Math.min(inner, BLOCK), inner);
    }
    boolean reduces = false;
    boolean storesRows = false;
    boolean across = false;
    for (int i = 0; i < kernel.instructions().size(); i++) {
      Instruction instruction = kernel.instructions().get(i);
      reduces |= instruction instanceof Instruction.ReduceRow;
      RowSpace.Seen view = space.view(i);
      if (view != null && !(instruction instanceof Instruction.ReduceColumns)) {
        int bytes = view.dtype.bytes();
        storesRows |= instruction instanceof Instruction.Store && view.column() == 0;
        across |= view.column() != bytes && view.column() != 0 && view.row() == bytes;
      }
    }
    boolean whole = reduces && (kernel.wholeRows() || inner <= BLOCK);
    if (across && !reduces && !storesRows && inner >= ACROSS && space.rows() >= ACROSS) {
      return new RowShape(ACROSS, Math.min(inner, 2 * BLOCK / ACROSS), inner);
    }
    int columns = whole ? inner : Math.min(inner, BLOCK);
    int rows = inner < SHORT ? Math.clamp(space.rows(), 1, BLOCK / Math.max(1, inner)) : 1;
    return new RowShape(rows, columns, inner);
  }

  /** Whether a tile has whole rows. */
  boolean whole() {
    return columns == inner;
  }

  /** Whether the elements of a tile are neighbours in memory. */
  boolean dense(RowSpace.Seen view) {
    int bytes = view.dtype.bytes();
    return (columns <= 1 || view.column() == bytes)
        && (rows == 1 || (whole() && view.row() == (long) bytes * inner));
  }

  /** Whether one element a row of a tile are neighbours in memory. */
  boolean denseRows(RowSpace.Seen view) {
    return rows == 1 || view.row() == view.dtype.bytes();
  }
}
