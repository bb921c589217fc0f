package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Runs a segment's code on memory of no meaning until it is compiled, and times it. */
final class RowTrial {
  /** Vectors of a row that warms: C2 wants some 600 calls and 15,000 turns of a loop. */
  private static final int VECTORS = 24;

  private static final int CALLS = 700;
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final int PAUSE_MILLIS = 5;
  private static final int ELEMENTS = 1024;

  private final RowSegment segment;
  private final RowCode code;
  private final int columns;
  private final long[] at;
  private final Frame frame;
  private final MemorySegment memory; // owns what the addresses mean

  RowTrial(RowSegment segment, RowCode code, RowShape shape) {
    this.segment = segment;
    this.code = code;
    var graph = new RowGraph(segment);
    boolean rest = segment.byRows() && shape.columns() % RowVectors.LANES != 0;
    columns = ELEMENTS - (rest ? 5 : 0);
    int most = segment.memory() + 1 + graph.fullPlaces;
    long bytes = 8L * ELEMENTS + 64;
    long fixed = RowMemory.fixedBytes(graph) + 64;
    memory = Memory.allocate(Arena.ofAuto(), most * bytes + fixed + 2 * Loops.REDUCE_BYTES);
    at = new long[most];
    for (int i = 0; i < most; i++) {
      at[i] = memory.address() + i * bytes;
    }
    at[segment.memory()] = memory.address() + most * bytes;
    Numbers.fill(Lane.F32, 1, memory.address(), Math.toIntExact(most * bytes / 4));
    frame = new Frame(new VectorLoops(), at, at[segment.memory()] + fixed);
  }

  /** Whether the code becomes faster than the steps, before long. */
  boolean succeeds() throws InterruptedException {
    long start = System.nanoTime();
    int rest = columns % RowVectors.LANES;
    int some = VECTORS * RowVectors.LANES + rest;
    for (int call = 1; System.nanoTime() - start < MOST_NANOS; call++) {
      code.run(at, 1, some);
      steps(some);
      if (call >= CALLS && call % 100 == 0) {
        if (isFaster()) {
          return true;
        }
        Thread.sleep(PAUSE_MILLIS); // C2 may be at it
      }
    }
    return false;
  }

  private boolean isFaster() {
    long ours = Long.MAX_VALUE;
    long theirs = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      code.run(at, 1, columns);
      long between = System.nanoTime();
      steps(columns);
      long end = System.nanoTime();
      ours = Math.min(ours, between - start);
      theirs = Math.min(theirs, end - between);
    }
    return 10 * ours < 9 * theirs;
  }

  private void steps(int columns) {
    if (segment.byRows()) {
      frame.size(1, columns);
    } else {
      frame.rows = columns;
      frame.columns = 1;
      frame.elements = columns;
    }
    for (Step step : segment.steps()) {
      step.run(frame);
    }
  }
}
