package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import java.util.List;
import java.util.Set;

/**
 * A run of {@link Step}s that can become one piece of code ({@link RowCode}). It names addresses by
 * number and knows no sizes, so that equal layers share their code.
 *
 * @param steps in the order to run
 * @param kept scratch blocks that are read after the run
 * @param byRows whether the code walks row by row, and row values are numbers; else all elements
 *     are one row
 * @param level where not by rows: what there is one of for each element of that row
 * @param views how many addresses are views
 * @param firstBlock number of the first scratch block's address
 * @param memory number of the address of the code's own memory
 */
record RowSegment(
    List<Step> steps,
    Set<Integer> kept,
    boolean byRows,
    Level level,
    int views,
    int firstBlock,
    int memory) {
  RowSegment {
    steps = List.copyOf(steps);
    kept = Set.copyOf(kept);
  }

  /** Whether what is written there has to reach memory, once nothing in the run writes it again. */
  boolean keeps(int at) {
    return at < firstBlock || kept.contains(at);
  }
}
