package dev.merapi.cpu;

import java.util.Optional;

/**
 * A batch of fp32 matrices in memory, with any strides: plain, transposed, broadcast (stride 0), or
 * a general view.
 *
 * @param address of the first element
 * @param batchStride elements from one matrix to the next
 * @param rowStride elements from one row to the next
 * @param columnStride elements from one column to the next
 */
public record Matrix(long address, long batchStride, long rowStride, long columnStride)
    implements Operand {
  /** Contiguous rows of {@code columns} floats; batch after batch of {@code rows}. */
  public static Matrix of(long address, int rows, int columns) {
    return new Matrix(address, (long) rows * columns, columns, 1);
  }

  /** The same memory with rows and columns exchanged. */
  public Matrix transposed() {
    return new Matrix(address, batchStride, columnStride, rowStride);
  }

  /** Address of an element. */
  long at(int batch, int row, int column) {
    return address + 4 * (batch * batchStride + row * rowStride + column * columnStride);
  }

  @Override
  public int packingCost() {
    if (columnStride == 1) {
      return 1;
    }
    return rowStride == 1 ? 2 : 8;
  }

  @Override
  public Optional<Matrix> inPlace() {
    return columnStride == 1 ? Optional.of(this) : Optional.empty();
  }

  @Override
  public void packRows(TileKernel kernel, Block b, long to) {
    long from = at(b.batch(), b.row(), b.column());
    if (columnStride == 1) {
      kernel.copy(b.rows(), b.columns(), from, 4 * rowStride, to, TileKernel.ROW_STRIDE);
    } else if (rowStride == 1) {
      kernel.transpose(
          /* rows= */ b.columns(),
          /* columns= */ b.rows(),
          from,
          4 * columnStride,
          to,
          TileKernel.ROW_STRIDE);
    } else {
      gather(b.rows(), b.columns(), from, to, TileKernel.ROW_STRIDE);
    }
  }

  @Override
  public void packPanels(TileKernel kernel, Block b, long to, long panelStride) {
    long from = at(b.batch(), b.row(), b.column());
    int width = kernel.columns();
    int whole = b.columns() / width;
    if (columnStride == 1) {
      kernel.split(b.rows(), whole, from, 4 * rowStride, to, panelStride);
    }
    for (int panel = columnStride == 1 ? whole : 0; panel * width < b.columns(); panel++) {
      int columns = Math.min(width, b.columns() - panel * width);
      long source = from + 4 * columnStride * panel * width;
      long target = to + panel * panelStride;
      if (columnStride == 1) {
        kernel.copy(b.rows(), columns, source, 4 * rowStride, target, 4L * width);
      } else if (rowStride == 1) {
        kernel.transpose(
            /* rows= */ columns,
            /* columns= */ b.rows(),
            source,
            4 * columnStride,
            target,
            4L * width);
      } else {
        gather(b.rows(), columns, source, target, 4L * width);
      }
    }
  }

  private void gather(int rows, int columns, long from, long to, long toStride) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        Memory.setFloat(
            to + i * toStride + j * 4L,
            Memory.getFloat(from + 4 * (i * rowStride + j * columnStride)));
      }
    }
  }
}
