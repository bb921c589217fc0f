package dev.merapi.cpu;

/** Bytes from one row to the next, and from one column to the next. */
record Grid(long row, long column) {
  /** Rows of neighbours, one row right after the other. */
  static Grid dense(int bytes, int columns) {
    return new Grid((long) bytes * columns, bytes);
  }
}
