package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the loops of a vector tile kernel and of its scalar twin in turn, on memory of its own,
 * until C2 has compiled them: until the vector's beat the twin's, or time is up.
 */
final class TileTrial {
  private static final long MOST_NANOS = 120_000_000_000L;

  /** Calls after which the twin's code is compiled, so that the race is a fair one. */
  private static final int FEWEST_CALLS = 1500;

  private static final int CALLS = 50;

  private static final long PAUSE_MILLIS = 10;

  /** Sides of what the loops work on: little, for what counts is how often they are called. */
  private static final int DEPTH = 12;

  private static final int SIDE = 20;

  /**
   * A copy is as fast without vectors, up to noise; vectors that are not compiled are far slower.
   */
  private static final int MARGIN = 2;

  /** One loop of a kernel. */
  private interface Loop {
    void run(TileKernel kernel);
  }

  private final TileKernel vector;
  private final TileKernel twin;

  TileTrial(TileKernel vector, TileKernel twin) {
    this.vector = vector;
    this.twin = twin;
  }

  /** Whether the vector code won, which takes a second or two where there is a C2. */
  boolean succeeds() {
    long end = System.nanoTime() + MOST_NANOS;
    try (var arena = Arena.ofConfined()) {
      List<Loop> left = new ArrayList<>(loops(arena));
      for (int calls = 0; !left.isEmpty() && System.nanoTime() < end; calls += CALLS) {
        boolean compiled = calls >= FEWEST_CALLS;
        left.removeIf(loop -> nanos(loop, vector) <= MARGIN * nanos(loop, twin) && compiled);
        if (compiled) {
          Thread.sleep(PAUSE_MILLIS); // the compiler is at it
        }
      }
      return left.isEmpty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static long nanos(Loop loop, TileKernel kernel) {
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      loop.run(kernel);
    }
    return System.nanoTime() - start;
  }

  private List<Loop> loops(Arena arena) {
    int columns = vector.columns();
    long row = 4L * columns;
    long a = floats(arena, vector.rows() * (int) (TileKernel.ROW_STRIDE / 4));
    long b = floats(arena, DEPTH * columns);
    long c = floats(arena, vector.rows() * columns);
    long from = floats(arena, 2 * SIDE * SIDE);
    long to = floats(arena, 2 * SIDE * SIDE);
    long work = floats(arena, 2 * Scratch.GROUP * Scratch.GROUP);
    MemorySegment offsets = Memory.allocate(arena, 8L * DEPTH);
    for (int p = 0; p < DEPTH; p++) {
      Memory.setLong(offsets.address() + 8L * p, p * row);
    }
    long side = 4L * SIDE;
    long panel = SIDE * row;
    long panels = floats(arena, 2 * SIDE * columns);
    return List.of(
        k -> k.multiply(DEPTH, a, b, row, c, row, c, row),
        k -> k.multiplyGathered(DEPTH, a, b, offsets.address(), c, row, c, row),
        k -> k.addRows(6, SIDE, a, from, side, to),
        k -> k.dots(6, SIDE, a, from, side, to, work),
        k -> k.copy(SIDE, SIDE, from, side, to, side),
        k -> k.takeSecond(SIDE, from, to),
        k -> k.putSecond(SIDE, from, to),
        k -> k.split(SIDE / 2, 2, panels, 2 * row, panels + panel, panel / 2),
        k -> k.transpose(SIDE, SIDE, from, side, to, side),
        k -> k.add(SIDE, from, to),
        k -> k.addScalar(SIDE, 0, to),
        k -> k.relu(SIDE, to));
  }

  private static long floats(Arena arena, int count) {
    return Memory.allocate(arena, 4L * count).address();
  }
}
