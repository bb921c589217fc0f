package dev.merapi.cpu;

/** What a {@link RowSegment} becomes: a generated class that runs it on a tile. */
@FunctionalInterface
interface RowCode {
  /**
   * Runs on {@code rows} rows of {@code columns} neighbours.
   *
   * @param at addresses as in {@link Frame#at}, and those of the segment's own memory
   */
  void run(long[] at, int rows, int columns);
}
