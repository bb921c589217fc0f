package dev.merapi.cpu;

/**
 * What happens to rows of a result while they are still in the first-level cache: bias, activation,
 * a fused run of element-wise ops. Called once for each element of the result, on the thread that
 * computed it; blocks come in any order.
 *
 * <p>An epilogue must not start another contraction on its thread.
 */
@FunctionalInterface
public interface Epilogue {
  /** Leaves the result as it is. */
  Epilogue NONE = _ -> {};

  /** Works on finished elements in place. */
  void apply(Rows rows);

  /** This, and then {@code next}. */
  default Epilogue andThen(Epilogue next) {
    return rows -> {
      apply(rows);
      next.apply(rows);
    };
  }

  /** Adds {@code bias[column]}: the bias of a linear layer, one float a column. */
  static Epilogue columnBias(long bias) {
    return rows -> {
      for (int i = 0; i < rows.rows(); i++) {
        TileKernel.best().add(rows.columns(), bias + 4L * rows.column(), rows.at(i));
      }
    };
  }

  /** Adds {@code bias[row]}: the bias of a convolution's channel, one float a row. */
  static Epilogue rowBias(long bias) {
    return rows -> {
      for (int i = 0; i < rows.rows(); i++) {
        float value = Memory.getFloat(bias + 4L * (rows.row() + i));
        TileKernel.best().addScalar(rows.columns(), value, rows.at(i));
      }
    };
  }

  /** Adds a matrix of the result's shape with contiguous columns: a residual connection. */
  static Epilogue residual(Matrix other) {
    return rows -> {
      for (int i = 0; i < rows.rows(); i++) {
        long from = other.at(rows.batch(), rows.row() + i, rows.column());
        TileKernel.best().add(rows.columns(), from, rows.at(i));
      }
    };
  }

  /** {@code max(c, 0)}. */
  static Epilogue relu() {
    return rows -> {
      for (int i = 0; i < rows.rows(); i++) {
        TileKernel.best().relu(rows.columns(), rows.at(i));
      }
    };
  }

  /**
   * A block of finished results.
   *
   * @param batch problem of the batch
   * @param row first row
   * @param rows how many
   * @param column first column
   * @param columns how many, contiguous
   * @param address of the first element
   * @param stride bytes from one row to the next
   */
  record Rows(int batch, int row, int rows, int column, int columns, long address, long stride) {
    /** Address of the first element of the {@code i}-th row of the block. */
    public long at(int i) {
      return address + i * stride;
    }
  }
}
