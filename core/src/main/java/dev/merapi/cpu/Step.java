package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;

/** One loop over a tile. Numbers of addresses are places in {@link Frame#at}. */
sealed interface Step {
  void run(Frame f);

  /** The number of the address that is written. */
  int out();

  /** An operand: the number of its address, and bytes from element to element. */
  record Ref(int at, int step) {}

  record Unary(UnaryKind kind, Lane lane, Level level, Ref x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.unary(kind, lane, f.at[x.at], x.step, f.at[out], f.count(level));
    }
  }

  record Binary(BinaryKind kind, Lane lane, Level level, Ref a, Ref b, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.binary(kind, lane, f.at[a.at], a.step, f.at[b.at], b.step, f.at[out], f.count(level));
    }
  }

  record Where(Lane lane, Level level, Ref condition, Ref a, Ref b, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.where(
          lane,
          f.at[condition.at],
          condition.step,
          f.at[a.at],
          a.step,
          f.at[b.at],
          b.step,
          f.at[out],
          f.count(level));
    }
  }

  record Cast(DType from, DType to, Level level, Ref x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.cast(from, to, f.at[x.at], x.step, f.at[out], f.count(level));
    }
  }

  /** Neighbours in memory to lanes. */
  record Load(DType dtype, Level level, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.load(dtype, f.at[x], f.at[out], f.count(level));
    }
  }

  /** Lanes to neighbours in memory. */
  record Store(DType dtype, Level level, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.store(dtype, f.at[x], f.at[out], f.count(level));
    }
  }

  record Copy(Lane lane, Level level, Ref x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.copy(lane.bytes(), f.at[x.at], x.step, f.at[out], f.count(level));
    }
  }

  /** One number in memory made uniform. */
  record Repeat(DType dtype, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.load(dtype, f.at[x], f.workspace, 1);
      f.loops.spread(Lane.of(dtype).bytes(), f.workspace, f.at[out], 1, Loops.UNIFORM_LANES);
    }
  }

  /** A row value made full; with a single row in the tile, uniform. */
  record Spread(Lane lane, boolean singleRow, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      int columns = singleRow ? Loops.UNIFORM_LANES : f.columns;
      f.loops.spread(lane.bytes(), f.at[x], f.at[out], f.rows, columns);
    }
  }

  /** Elements of a view to a dense block. */
  record Gather(int bytes, Level level, Grid grid, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      int columns = level == Level.FULL ? f.columns : 1;
      Grid dense = Grid.dense(bytes, columns);
      f.loops.move(bytes, f.at[x], grid, f.at[out], dense, f.rows, columns);
    }
  }

  /** A dense block to the elements of a view. */
  record Scatter(int bytes, Level level, Grid grid, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      int columns = level == Level.FULL ? f.columns : 1;
      Grid dense = Grid.dense(bytes, columns);
      f.loops.move(bytes, f.at[x], dense, f.at[out], grid, f.rows, columns);
    }
  }

  /** Whole rows made one value each. */
  record ReduceRows(ReduceKind kind, Lane lane, int x, int out) implements Step {
    @Override
    public void run(Frame f) {
      f.loops.reduce(kind, lane, f.at[x], f.rows, f.columns, f.at[out], f.workspace);
    }
  }

  /** A block of a row made one value, and combined with those of the blocks before. */
  record AccumulateRow(ReduceKind kind, Lane lane, int x, int sum) implements Step {
    @Override
    public void run(Frame f) {
      long block = f.workspace + Loops.REDUCE_BYTES;
      f.loops.reduce(kind, lane, f.at[x], 1, f.columns, block, f.workspace);
      int bytes = lane.bytes();
      f.loops.binary(ScalarLoops.combine(kind), lane, f.at[sum], bytes, block, bytes, f.at[sum], 1);
    }

    @Override
    public int out() {
      return sum;
    }
  }

  /** Several of the others as generated code. */
  record Generated(RowSegment segment, RowCode code) implements Step {
    @Override
    public void run(Frame f) {
      if (segment.byRows()) {
        code.run(f.at, f.rows, f.columns);
      } else {
        code.run(f.at, 1, f.count(segment.level()));
      }
    }

    @Override
    public int out() {
      throw new IllegalStateException("generated code writes more than one");
    }
  }
}
