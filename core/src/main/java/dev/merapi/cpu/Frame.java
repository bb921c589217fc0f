package dev.merapi.cpu;

/**
 * Where a tile's values are: what the {@link Step}s of a {@link RowPlan} run on. A tile is {@code
 * rows} rows of {@code columns} columns, its full values dense and row-major.
 */
final class Frame {
  final Loops loops;

  /** Addresses: of the views at this tile, then of scratch blocks and constants. */
  final long[] at;

  /** Room for {@link Loops#reduce}. */
  final long workspace;

  int rows;
  int columns;
  int elements;

  Frame(Loops loops, long[] at, long workspace) {
    this.loops = loops;
    this.at = at;
    this.workspace = workspace;
  }

  void size(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.elements = rows * columns;
  }

  int count(Level level) {
    return switch (level) {
      case UNIFORM -> Loops.UNIFORM_LANES;
      case ROW -> rows;
      case FULL -> elements;
    };
  }

  /** How many numbers a value is. */
  enum Level {
    /** The same everywhere; in memory {@link Loops#UNIFORM_LANES} equal lanes. */
    UNIFORM,
    /** One a row. */
    ROW,
    /** One an element. */
    FULL
  }
}
