package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is known of each value of a {@link dev.merapi.graph.Kernel.Rows} before it is compiled. */
final class RowValues {
  private static final int NONE = -1;

  private final List<Instruction> instructions;
  private final RowSpace space;
  private final RowShape shape;

  private final int[] root;
  private final Lane[] lane;
  private final Level[] level;
  private final boolean[] late;
  private final int[] lastUse;
  private final boolean[] direct;
  private final int[] storedBy;

  RowValues(List<Instruction> instructions, RowSpace space, RowShape shape) {
    this.instructions = instructions;
    this.space = space;
    this.shape = shape;
    int n = instructions.size();
    root = new int[n];
    lane = new Lane[n];
    level = new Level[n];
    late = new boolean[n];
    lastUse = new int[n];
    direct = new boolean[n];
    storedBy = new int[n];
    Arrays.fill(lastUse, NONE);
    Arrays.fill(storedBy, NONE);
    for (int i = 0; i < n; i++) {
      root[i] = i;
      describe(i);
    }
    for (int i = 0; i < n; i++) {
      direct[i] = instructions.get(i) instanceof Instruction.Load && standsInMemory(i);
    }
    for (int i = 0; i < n; i++) {
      if (instructions.get(i) instanceof Instruction.Store(int x, _) && mayWrite(root[x], i)) {
        storedBy[root[x]] = i;
      }
    }
    for (int i = 0; i < n; i++) {
      direct[i] &= !overwritten(i);
    }
  }

  private void describe(int i) {
    switch (instructions.get(i)) {
      case Instruction.Load(var view) -> is(i, Lane.of(view.dtype()), levelOf(space.view(i)));
      case Instruction.Constant(var dtype, _) -> is(i, Lane.of(dtype), Level.UNIFORM);
      case Instruction.Unary(_, int x) -> is(i, lane[root[x]], of(i, x));
      case Instruction.Binary(var kind, int a, int b) ->
          is(i, kind.compares() ? Lane.I32 : lane[root[a]], of(i, a, b));
      case Instruction.Where(int condition, int a, int b) ->
          is(i, lane[root[a]], of(i, condition, a, b));
      case Instruction.Cast(int x, var from, var to) -> {
        is(i, Lane.of(to), of(i, x));
        root[i] = changesNothing(from, to) ? root[x] : i;
      }
      case Instruction.ReduceRow(_, int x) -> {
        of(i, x);
        is(i, lane[root[x]], Level.ROW);
        late[i] = true;
      }
      case Instruction.Store(int x, _) -> {
        Level stored = of(i, x);
        boolean full = stored == Level.FULL || space.view(i).column() != 0;
        is(i, lane[root[x]], full ? Level.FULL : Level.ROW);
      }
      case Instruction.ReduceColumns(_, int x, _) -> {
        of(i, x);
        is(i, lane[root[x]], Level.FULL);
      }
    }
  }

  private void is(int i, Lane lane, Level level) {
    this.lane[i] = lane;
    this.level[i] = level;
  }

  /** Notes that i uses these values; their greatest level. */
  private Level of(int i, int... operands) {
    Level greatest = Level.UNIFORM;
    for (int x : operands) {
      int value = root[x];
      lastUse[value] = i;
      greatest = level[value].compareTo(greatest) > 0 ? level[value] : greatest;
      late[i] |= late[value];
    }
    return greatest;
  }

  private static Level levelOf(RowSpace.Seen view) {
    if (view.column() != 0) {
      return Level.FULL;
    }
    return Arrays.stream(view.strides).allMatch(s -> s == 0) ? Level.UNIFORM : Level.ROW;
  }

  private static boolean changesNothing(DType from, DType to) {
    return from == to
        || switch (from) {
          case BOOL -> Lane.of(to) == Lane.I32;
          case U8, I8 -> to == DType.I32;
          case BF16, F16 -> to == DType.F32;
          case I32, I64, F32 -> false;
        };
  }

  /** Whether a tile's elements of a load can be read where they are. */
  private boolean standsInMemory(int i) {
    RowSpace.Seen view = space.view(i);
    return Lane.same(view.dtype)
        && switch (level[i]) {
          case FULL -> shape.dense(view);
          case ROW -> shape.denseRows(view);
          case UNIFORM -> false;
        };
  }

  /**
   * Whether a value can be computed right where store i puts it: nothing reads that memory later,
   * and it is not stored elsewhere already.
   */
  private boolean mayWrite(int value, int i) {
    RowSpace.Seen target = space.view(i);
    boolean fits =
        level[value] == level[i]
            && Lane.same(target.dtype)
            && storedBy[value] == NONE
            && !direct[value]
            && switch (level[i]) {
              case FULL -> shape.dense(target);
              case ROW -> shape.whole() && shape.denseRows(target);
              case UNIFORM -> false;
            };
    if (!fits) {
      return false;
    }
    for (int load = 0; load < root.length; load++) {
      if (reads(load, target)
          && (lastUse[load] > value
              || (lastUse[load] == value && !space.view(load).sameElements(target)))) {
        return false;
      }
    }
    return true;
  }

  private boolean reads(int i, RowSpace.Seen target) {
    return instructions.get(i) instanceof Instruction.Load && space.view(i).buffer == target.buffer;
  }

  /** Whether what load i reads is written before the load's last use. */
  private boolean overwritten(int i) {
    if (!(instructions.get(i) instanceof Instruction.Load)) {
      return false;
    }
    for (int store = 0; store < root.length; store++) {
      if (instructions.get(store) instanceof Instruction.Store(int x, _)
          && reads(i, space.view(store))
          && lastUse[i] > (storedBy[root[x]] == store ? root[x] : store)) {
        return true;
      }
    }
    return false;
  }

  /** The instructions in the order to run: loads of what is stored to first. */
  int[] order() {
    List<Integer> first = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < root.length; i++) {
      (instructions.get(i) instanceof Instruction.Load && isStoredTo(i) ? first : rest).add(i);
    }
    first.addAll(rest);
    return first.stream().mapToInt(i -> i).toArray();
  }

  private boolean isStoredTo(int load) {
    for (int i = 0; i < root.length; i++) {
      if (instructions.get(i) instanceof Instruction.Store && reads(load, space.view(i))) {
        return true;
      }
    }
    return false;
  }

  /** The value that instruction i stands for: its own, or that of a cast that changes nothing. */
  int root(int i) {
    return root[i];
  }

  Lane lane(int i) {
    return lane[root[i]];
  }

  /** The level of a value, or of what a store writes. */
  Level level(int i) {
    return level[i];
  }

  /** Whether a value depends on a reduction of the row. */
  boolean late(int i) {
    return late[i];
  }

  /** The values that are used by instruction i for the last time. */
  List<Integer> lastUses(int i) {
    List<Integer> result = new ArrayList<>();
    for (int value = 0; value < root.length; value++) {
      if (lastUse[value] == i) {
        result.add(value);
      }
    }
    return result;
  }

  /** Whether a load is no work: its value is read where it stands. */
  boolean direct(int i) {
    return direct[i];
  }

  /** The store that lets value i's own step write to memory, or a negative number. */
  int storedBy(int i) {
    return storedBy[i];
  }

  /** Whether a load has the same elements in each tile, so that a task reads them once. */
  boolean kept(int i) {
    if (!(instructions.get(i) instanceof Instruction.Load)
        || level[i] != Level.FULL
        || direct[i]
        || shape.rows() == 1
        || !shape.whole()
        || storedBy[i] != NONE
        || isStoredTo(i)) {
      return false;
    }
    long[] strides = space.view(i).strides;
    return Arrays.stream(strides, 0, strides.length - 1).allMatch(s -> s == 0);
  }
}
