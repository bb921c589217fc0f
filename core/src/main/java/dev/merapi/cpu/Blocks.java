package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scratch blocks of a {@link RowPlan}: taken, given back, and taken again while it is compiled. */
final class Blocks {
  private record Kind(Level level, int bytes) {}

  private final int firstNumber;
  private final RowShape shape;
  private final Map<Kind, Deque<Integer>> free = new HashMap<>();
  private final List<Kind> kinds = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();
  private long bytes;

  /**
   * @param firstNumber number of the first block's address
   */
  Blocks(int firstNumber, RowShape shape) {
    this.firstNumber = firstNumber;
    this.shape = shape;
  }

  /** The number of a block's address. */
  int take(Level level, Lane lane) {
    var pool = free.get(new Kind(level, lane.bytes()));
    return pool == null || pool.isEmpty() ? fresh(level, lane) : pool.pop();
  }

  /** A block that nothing has used before. */
  int fresh(Level level, Lane lane) {
    var kind = new Kind(level, lane.bytes());
    int elements =
        switch (level) {
          case UNIFORM -> Loops.UNIFORM_LANES;
          case ROW -> shape.rows();
          case FULL -> Math.multiplyExact(shape.rows(), shape.columns());
        };
    kinds.add(kind);
    offsets.add(bytes);
    bytes += (long) elements * lane.bytes() + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
    return firstNumber + kinds.size() - 1;
  }

  /** Gives a block back; numbers of other things are ignored. */
  void give(int number) {
    if (number >= firstNumber) {
      free.computeIfAbsent(kinds.get(number - firstNumber), _ -> new ArrayDeque<>()).push(number);
    }
  }

  long[] offsets() {
    return offsets.stream().mapToLong(o -> o).toArray();
  }

  long bytes() {
    return bytes;
  }
}
