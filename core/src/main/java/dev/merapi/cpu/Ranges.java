package dev.merapi.cpu;

/** Cuts equal pieces of work into tasks of about the same time, by their size alone. */
final class Ranges {
  /** Work of a task, in additions of an element: some microseconds. */
  private static final long GRAIN = 1 << 15;

  private Ranges() {}

  /** A part of the work. */
  interface Body {
    void run(long from, long to);
  }

  /**
   * Runs {@code 0 … count - 1}.
   *
   * @param cost time of each, in additions of an element
   */
  static void run(ComputePool pool, long count, long cost, Body body) {
    long each = Math.max(1, GRAIN / Math.max(1, cost));
    int tasks = Math.toIntExact(Math.ceilDiv(count, each));
    pool.parallelFor(tasks, t -> body.run(t * each, Math.min(count, (t + 1) * each)));
  }
}
