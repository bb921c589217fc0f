package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import dev.merapi.cpu.Step.Ref;
import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Makes the steps of a {@link RowPlan}. What each value is stands in {@link RowValues}. */
final class RowCompiler {
  private final List<Instruction> instructions;
  private final RowSpace space;
  private final RowShape shape;
  private final RowValues values;
  private final Blocks blocks;

  private final List<RowSpace.Seen> views = new ArrayList<>();
  private final int[] viewAt;
  private final List<Instruction.Constant> constants = new ArrayList<>();
  private final List<Step> once = new ArrayList<>();
  private final List<Step> body = new ArrayList<>();
  private final List<Step> ending = new ArrayList<>();
  private final List<RowPlan.RowSum> rowSums = new ArrayList<>();
  private final List<RowPlan.ColumnSum> columnSums = new ArrayList<>();

  /** By value: the number of its address. */
  private final int[] at;

  /** By row value: its full form, once something has asked for it. */
  private final Ref[] spread;

  private final boolean[] released;
  private final int firstSum;
  private boolean storesRows;
  private int cost;

  private RowCompiler(Kernel.Rows kernel, boolean merge) {
    instructions = kernel.instructions();
    space = new RowSpace(kernel, merge);
    shape = RowShape.of(kernel, space, !merge);
    values = new RowValues(instructions, space, shape);
    int n = instructions.size();
    viewAt = new int[n];
    at = new int[n];
    spread = new Ref[n];
    released = new boolean[n];
    int constantCount = 0;
    int sumCount = 0;
    for (int i = 0; i < n; i++) {
      switch (instructions.get(i)) {
        case Instruction.Load _, Instruction.Store _ -> {
          viewAt[i] = views.size();
          views.add(space.view(i));
          cost += 2;
        }
        case Instruction.Constant _ -> constantCount++;
        case Instruction.ReduceColumns _ -> sumCount++;
        case Instruction.Unary _,
            Instruction.Binary _,
            Instruction.Where _,
            Instruction.Cast _,
            Instruction.ReduceRow _ -> {}
      }
    }
    firstSum = views.size() + constantCount;
    blocks = new Blocks(firstSum + sumCount, shape);
  }

  /**
   * @param merge whether axes may be merged; not where rows are named by their numbers
   */
  static RowPlan compile(Kernel.Rows kernel, boolean merge) {
    return new RowCompiler(kernel, merge).compile();
  }

  private RowPlan compile() {
    for (int i : values.order()) {
      emit(i);
      values.lastUses(i).forEach(this::release);
    }
    var memory = Memory.allocate(Arena.ofAuto(), 8L * Loops.UNIFORM_LANES * constants.size());
    for (int i = 0; i < constants.size(); i++) {
      var constant = constants.get(i);
      Numbers.fill(
          Lane.of(constant.dtype()),
          constant.value(),
          memory.address() + 8L * Loops.UNIFORM_LANES * i,
          Loops.UNIFORM_LANES);
    }
    return new RowPlan(
        space,
        shape,
        List.copyOf(views),
        memory,
        constants.size(),
        blocks.offsets(),
        blocks.bytes(),
        once.toArray(Step[]::new),
        body.toArray(Step[]::new),
        storesRows ? ending.toArray(Step[]::new) : new Step[0],
        List.copyOf(rowSums),
        List.copyOf(columnSums),
        Math.max(1, cost));
  }

  private void emit(int i) {
    switch (instructions.get(i)) {
      case Instruction.Load _ -> load(i);
      case Instruction.Constant constant -> {
        at[i] = views.size() + constants.size();
        constants.add(constant);
      }
      case Instruction.Unary(var kind, int x) -> {
        Ref from = operand(x, values.level(i));
        add(i, new Step.Unary(kind, values.lane(x), values.level(i), from, target(i)));
        cost += isFunction(kind) ? 8 : 1;
      }
      case Instruction.Binary(var kind, int a, int b) -> {
        Ref p = operand(a, values.level(i));
        Ref q = operand(b, values.level(i));
        add(i, new Step.Binary(kind, values.lane(a), values.level(i), p, q, target(i)));
        cost += kind == BinaryKind.POW ? 100 : 1;
      }
      case Instruction.Where(int condition, int a, int b) -> {
        Ref c = operand(condition, values.level(i));
        Ref p = operand(a, values.level(i));
        Ref q = operand(b, values.level(i));
        add(i, new Step.Where(values.lane(a), values.level(i), c, p, q, target(i)));
        cost += 1;
      }
      case Instruction.Cast(int x, var from, var to) -> {
        if (values.root(i) == i) {
          Ref source = operand(x, values.level(i));
          add(i, new Step.Cast(from, to, values.level(i), source, target(i)));
          cost += 1;
        }
      }
      case Instruction.ReduceRow(var kind, int x) -> {
        int from = dense(x);
        if (shape.whole()) {
          add(i, new Step.ReduceRows(kind, values.lane(i), from, target(i)));
        } else {
          at[i] = blocks.fresh(Level.ROW, values.lane(i));
          rowSums.add(new RowPlan.RowSum(kind, values.lane(i), at[i]));
          body.add(new Step.AccumulateRow(kind, values.lane(i), from, at[i]));
        }
        cost += 1;
      }
      case Instruction.Store _ -> store(i);
      case Instruction.ReduceColumns(var kind, int x, _) -> {
        Lane lane = values.lane(x);
        int sum = firstSum + columnSums.size();
        columnSums.add(new RowPlan.ColumnSum(kind, lane, sum, space.view(i)));
        Ref total = new Ref(sum, lane.bytes());
        Ref from = operand(x, Level.FULL);
        body.add(new Step.Binary(ScalarLoops.combine(kind), lane, Level.FULL, total, from, sum));
        cost += 2;
      }
    }
  }

  private static boolean isFunction(UnaryKind kind) {
    return switch (kind) {
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, SIGMOID -> true;
      case NEG, ABS, SIGN, NOT, RECIPROCAL, SQRT, RSQRT, RELU, FLOOR, CEIL, ROUND -> false;
    };
  }

  // ---- memory

  private void load(int i) {
    RowSpace.Seen view = space.view(i);
    Level level = values.level(i);
    if (values.direct(i)) {
      at[i] = viewAt[i];
      return;
    }
    DType dtype = view.dtype;
    if (level == Level.UNIFORM) {
      at[i] = target(i);
      once.add(new Step.Repeat(dtype, viewAt[i], at[i]));
      return;
    }
    boolean dense = level == Level.FULL ? shape.dense(view) : shape.denseRows(view);
    Grid grid = new Grid(view.row(), view.column());
    int out = target(i);
    if (dense) {
      add(i, new Step.Load(dtype, level, viewAt[i], out));
    } else if (Lane.same(dtype)) {
      add(i, new Step.Gather(dtype.bytes(), level, grid, viewAt[i], out));
      cost += 2;
    } else {
      int raw = blocks.take(level, values.lane(i));
      add(i, new Step.Gather(dtype.bytes(), level, grid, viewAt[i], raw));
      add(i, new Step.Load(dtype, level, raw, out));
      blocks.give(raw);
      cost += 4;
    }
  }

  private void store(int i) {
    int x = values.root(((Instruction.Store) instructions.get(i)).x());
    if (values.storedBy(x) == i) {
      return; // written there by its producer
    }
    RowSpace.Seen view = space.view(i);
    DType dtype = view.dtype;
    Level level = values.level(i);
    boolean dense = level == Level.FULL ? shape.dense(view) : shape.denseRows(view);
    if (dense && Lane.same(dtype)) {
      add(i, new Step.Copy(values.lane(x), level, operand(x, level), viewAt[i]));
      return;
    }
    Ref from = operand(x, level);
    int source = from.at();
    int copy = -1;
    if (from.step() == 0) {
      copy = blocks.take(level, values.lane(x));
      add(i, new Step.Copy(values.lane(x), level, from, copy));
      source = copy;
    }
    Grid grid = new Grid(view.row(), view.column());
    if (Lane.same(dtype)) {
      add(i, new Step.Scatter(dtype.bytes(), level, grid, source, viewAt[i]));
    } else if (dense) {
      add(i, new Step.Store(dtype, level, source, viewAt[i]));
    } else {
      int raw = blocks.take(level, values.lane(x));
      add(i, new Step.Store(dtype, level, source, raw));
      add(i, new Step.Scatter(dtype.bytes(), level, grid, raw, viewAt[i]));
      blocks.give(raw);
    }
    if (copy >= 0) {
      blocks.give(copy);
    }
  }

  // ---- values

  /** Where value i is to be computed: where it is stored, or in a block. */
  private int target(int i) {
    values.lastUses(i).forEach(this::release);
    int store = values.storedBy(i);
    if (store >= 0) {
      at[i] = viewAt[store];
    } else if (outlivesTile(i)) {
      at[i] = blocks.fresh(values.level(i), values.lane(i));
    } else {
      at[i] = blocks.take(values.level(i), values.lane(i));
    }
    return at[i];
  }

  private boolean outlivesTile(int value) {
    boolean sum = instructions.get(value) instanceof Instruction.ReduceRow && !shape.whole();
    return values.level(value) == Level.UNIFORM || values.kept(value) || sum;
  }

  private void release(int value) {
    if (released[value]) {
      return;
    }
    released[value] = true;
    if (spread[value] != null) {
      blocks.give(spread[value].at());
    }
    if (!outlivesTile(value)) {
      blocks.give(at[value]);
    }
  }

  /** A value as an operand of something of a level. */
  private Ref operand(int x, Level level) {
    int value = values.root(x);
    Lane lane = values.lane(value);
    return switch (values.level(value)) {
      case UNIFORM -> new Ref(at[value], 0);
      case FULL -> new Ref(at[value], lane.bytes());
      case ROW -> level == Level.FULL ? spread(value) : new Ref(at[value], lane.bytes());
    };
  }

  private Ref spread(int value) {
    if (spread[value] == null) {
      if (values.late(value) && !shape.whole()) {
        throw new IllegalArgumentException(
            "a full value depends on a reduction of rows that are not kept whole: " + instructions);
      }
      Lane lane = values.lane(value);
      boolean single = shape.rows() == 1;
      int block = blocks.take(single ? Level.UNIFORM : Level.FULL, lane);
      body.add(new Step.Spread(lane, single, at[value], block));
      spread[value] = new Ref(block, single ? 0 : lane.bytes());
    }
    return spread[value];
  }

  /** The number of the address of a value's full block. */
  private int dense(int x) {
    Ref ref = operand(x, Level.FULL);
    if (ref.step() != 0) {
      return ref.at();
    }
    Lane lane = values.lane(x);
    int block = blocks.take(Level.FULL, lane);
    body.add(new Step.Copy(lane, Level.FULL, ref, block));
    blocks.give(block);
    return block;
  }

  /** Adds a step of instruction i wherever its level belongs. */
  private void add(int i, Step step) {
    Level level = values.level(i);
    boolean isStore = instructions.get(i) instanceof Instruction.Store;
    if (level == Level.UNIFORM || values.kept(i)) {
      once.add(step);
      return;
    }
    boolean atEnd = !shape.whole() && level == Level.ROW;
    storesRows |= atEnd && isStore;
    if (atEnd) {
      ending.add(step);
    }
    if (!(atEnd && (isStore || values.late(i)))) {
      body.add(step);
    }
  }
}
