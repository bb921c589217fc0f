package dev.merapi.cpu;

import java.util.Optional;

/**
 * A factor of a contraction, as it lies in memory: it knows how to lay itself out for the tile
 * kernel.
 *
 * <p>This is the seam for other storage: an operand of 16-bit floats or quantised weights converts
 * while it packs.
 */
interface Operand {
  /**
   * Packs a block of the left factor A (m × k), by rows: element (row + i, depth + p) goes to
   * {@code to + i * TileKernel.ROW_STRIDE + 4 p}. At most {@link Scratch#STRIP_ROWS} × {@link
   * TileKernel#DEPTH}.
   */
  void packRows(TileKernel kernel, Block block, long to);

  /**
   * Packs a block of the right factor B (k × n), by panels of {@code kernel.columns()} columns:
   * element (depth + p, column + j) goes to {@code to + (j / columns) * panelStride + (p * columns
   * + j % columns) * 4}. What lies beyond the last column is left as it is.
   */
  void packPanels(TileKernel kernel, Block block, long to, long panelStride);

  /** What packing an element costs, in copies of contiguous floats. */
  int packingCost();

  /**
   * The factor as a matrix whose rows are contiguous, which the kernel may read where it lies; if
   * it is one.
   */
  Optional<Matrix> inPlace();

  /**
   * A rectangle of a factor of one problem of the batch.
   *
   * @param batch which problem
   * @param row first row (of A along m, of B along k)
   * @param rows how many
   * @param column first column (of A along k, of B along n)
   * @param columns how many
   */
  record Block(int batch, int row, int rows, int column, int columns) {
    /** What is left of the block after its first {@code skipped} columns. */
    Block from(int skipped) {
      return new Block(batch, row, rows, column + skipped, columns - skipped);
    }
  }
}
