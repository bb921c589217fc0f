package dev.merapi.cpu;

/**
 * The inner loop of every contraction, and the loops that lay out its operands.
 *
 * <p>A tile of C, {@link #rows()} × {@link #columns()}, is the sum over {@code depth} of a column
 * of A times a row of B. A is packed by rows at the constant stride {@link #ROW_STRIDE}, which
 * makes each broadcast an address plus a constant and keeps power-of-two matrices out of one cache
 * set. A row of B is {@code columns()} floats, read from packed panels, from a matrix in place, or
 * from wherever a table of offsets says: so the overlapping rows of a convolution's patches are
 * never written out.
 *
 * <p>All strides and offsets are in bytes, and all addresses are those of live memory.
 */
interface TileKernel {
  /**
   * Depth of one pass (kc): a panel of A stays in the first-level cache, a block of B in the
   * second.
   */
  int DEPTH = 384;

  /** Bytes between the packed rows of A. */
  long ROW_STRIDE = (DEPTH + 16) * 4L;

  /** The kernels that suit this machine. */
  static TileKernel best() {
    return Best.KERNEL;
  }

  /** Chosen once. */
  final class Best {
    private static final TileKernel KERNEL =
        Kernels.vectorised() ? VectorPacking.best() : ScalarTile.plain();

    private Best() {}
  }

  /** Rows of a tile. */
  int rows();

  /** Columns of a tile: floats in one row of a panel of B. */
  int columns();

  /**
   * {@code C = seed + A B} for one full tile.
   *
   * <p>The sums start from {@code seed}: C itself to accumulate, or a line of zeros (stride 0) to
   * overwrite. One body for both keeps the number of methods that must be compiled small, and has
   * no branch for the compiler to stumble over.
   *
   * @param depth products in each sum, at most {@link #DEPTH}
   * @param bStride bytes from one row of B to the next
   */
  void multiply(
      int depth, long a, long b, long bStride, long seed, long seedStride, long c, long cStride);

  /**
   * {@link #multiply} with rows of B anywhere.
   *
   * @param offsets a table of {@code depth} longs: row {@code p} of B starts at {@code b +
   *     offsets[p]}
   */
  void multiplyGathered(
      int depth, long a, long b, long offsets, long seed, long seedStride, long c, long cStride);

  /**
   * {@code c[j] += Σ a[p] B[p][j]}, rows of B one after another.
   *
   * @param depth rows of B
   * @param columns how many sums
   * @param bStride bytes from one row of B to the next
   */
  void addRows(int depth, int columns, long a, long b, long bStride, long c);

  /**
   * {@code c[j] = Σ a[p] B[j][p]}, at most {@link Scratch#GROUP} rows of B.
   *
   * @param rows of B, one for each sum
   * @param depth products in each sum
   * @param bStride bytes from one row of B to the next
   * @param work memory for {@code 2 GROUP²} floats
   */
  void dots(int rows, int depth, long a, long b, long bStride, long c, long work);

  /**
   * {@link #dots} with rows of B in bf16, which are widened on their way. Element {@code p} of the
   * pairs 2p, 2p + 1 is added before the other.
   *
   * @param halves the first of each two floats of a, {@code depth / 2} of them, then the second
   */
  void halfDots(int rows, int depth, long a, long halves, long b, long bStride, long c, long work);

  /** Copies {@code rows} rows of {@code columns} floats. */
  void copy(int rows, int columns, long from, long fromStride, long to, long toStride);

  /** {@code to[i] = from[2 i]}, {@code count} floats. */
  void takeSecond(int count, long from, long to);

  /** {@code to[2 i] = from[i]}, {@code count} floats; those between are left as they are. */
  void putSecond(int count, long from, long to);

  /**
   * Copies rows of {@code panels * columns()} floats into panels of {@code columns()} floats a row.
   */
  void split(int rows, int panels, long from, long fromStride, long to, long panelStride);

  /**
   * Writes the transpose of {@code rows} rows of {@code columns} floats: {@code to[j][i] =
   * from[i][j]}.
   */
  void transpose(int rows, int columns, long from, long fromStride, long to, long toStride);

  /** {@code to += from}, {@code count} floats. */
  void add(int count, long from, long to);

  /** {@code to += value}, {@code count} floats. */
  void addScalar(int count, float value, long to);

  /** {@code to = max(to, 0)}, {@code count} floats; NaN stays NaN. */
  void relu(int count, long to);
}
