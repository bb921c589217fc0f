package dev.merapi.cpu;

/**
 * The steps on each tile, and the memory that generated ones among them need besides the plan's.
 *
 * @param steps in the order to run
 * @param cells bytes of what no size of a tile changes
 * @param places rows of elements
 * @param placeBytes bytes of each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and walked where time counts
record RowBody(Step[] steps, long cells, int places, long placeBytes) {
  static RowBody plain(RowPlan plan) {
    return new RowBody(plan.body(), 0, 0, 0);
  }

  long bytes() {
    return cells + places * placeBytes;
  }

  /** Addresses behind those of the plan. */
  int addresses() {
    return 1 + places;
  }

  /** Writes the addresses of memory that begins at {@code start}. */
  void place(long[] at, int first, long start) {
    at[first] = start;
    for (int i = 0; i < places; i++) {
      at[first + 1 + i] = start + cells + i * placeBytes;
    }
  }
}
