package dev.merapi.cpu;

import dev.merapi.graph.ReduceKind;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A {@link dev.merapi.graph.Kernel.Rows} made ready to run: its tiles and the steps on each.
 *
 * <p>Addresses ({@link Frame#at}) are, in this order: views, constants, column sums, scratch
 * blocks.
 *
 * @param space what is walked over
 * @param shape how it is cut into tiles
 * @param views what the steps see
 * @param constants the constants' memory: {@link Loops#UNIFORM_LANES} lanes in 8 bytes each
 * @param constantCount how many constants
 * @param blocks offsets of the scratch blocks in a thread's memory
 * @param blockBytes bytes of all scratch blocks
 * @param once steps at the begin of a task
 * @param body steps on each tile
 * @param ending steps at the end of a row that was walked in blocks
 * @param rowSums what accumulates over the blocks of a row
 * @param columnSums what accumulates over rows
 * @param cost time of an element, in additions
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and walked where time counts
record RowPlan(
    RowSpace space,
    RowShape shape,
    List<RowSpace.Seen> views,
    MemorySegment constants,
    int constantCount,
    long[] blocks,
    long blockBytes,
    Step[] once,
    Step[] body,
    Step[] ending,
    List<RowSum> rowSums,
    List<ColumnSum> columnSums,
    int cost) {

  /** A {@code ReduceRow} over blocks: the address of its one lane. */
  record RowSum(ReduceKind kind, Lane lane, int at) {}

  /**
   * A {@code ReduceColumns}: the number of the address where a tile accumulates, and the view that
   * gets the result.
   */
  record ColumnSum(ReduceKind kind, Lane lane, int at, RowSpace.Seen out) {}

  int firstSum() {
    return views.size() + constantCount;
  }

  int firstBlock() {
    return firstSum() + columnSums.size();
  }
}
