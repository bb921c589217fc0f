package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import dev.merapi.cpu.Step.Ref;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a {@link RowSegment} and the loops that compute them.
 *
 * <p>Stage s has the work on row values that its loops need, then its loops over the columns. What
 * a loop reduces is a row value of the next stage. A stage's loop that grows too large for the
 * compiler is cut; what a later loop needs of an earlier one waits in memory, a row long.
 */
final class RowGraph {
  /** A loop of more work than this is cut; see {@link #work}. */
  private static final int MOST_WORK = 64;

  enum Kind {
    F32,
    I32,
    /** A condition. */
    MASK
  }

  /** Where a value comes from. */
  sealed interface Source {}

  /** Read wherever it is used. */
  record InMemory(int at) implements Source {}

  /** Made by a step of other values. */
  record Made(Step step, List<Value> operands) implements Source {}

  /** A row made one number. */
  record Reduced(ReduceKind kind, Value x, int number) implements Source {}

  /** A value; the level says whether it is an element's, a row's or the same everywhere. */
  static final class Value {
    final Source source;
    final Kind kind;
    final Level level;

    /** The stage that makes it. */
    int stage;

    /** The loop that makes it, or reduces to it, counted over all stages. */
    int loop;

    /** Where it waits for later loops: a row of elements, or a cell; negative where it need not. */
    int place = -1;

    Value(Source source, Kind kind, Level level) {
      this.source = source;
      this.kind = kind;
      this.level = level;
    }
  }

  /** Something to do, at a stage; on row values before its loops, else in one of them. */
  sealed interface Action {
    Value value();

    Level level();

    int stage();
  }

  record Make(Value value) implements Action {
    @Override
    public Level level() {
      return value.level;
    }

    @Override
    public int stage() {
      return value.stage;
    }
  }

  record Write(Value value, Level level, int stage, int to, DType dtype) implements Action {}

  /** Combines a row value with what is there. */
  record Accumulate(Value value, ReduceKind kind, int to) implements Action {
    @Override
    public Level level() {
      return Level.ROW;
    }

    @Override
    public int stage() {
      return value.stage;
    }
  }

  private record MemoryKey(int at, Kind kind, Level level) {}

  private final RowSegment segment;
  private final Map<Integer, Value> current = new HashMap<>();
  private final Map<MemoryKey, Value> memory = new HashMap<>();
  private final Map<Integer, Integer> lastWrites = new HashMap<>();

  /** When memory was read last: twice the stage, and one more in a loop; views by level. */
  private final Map<Object, Integer> reads = new HashMap<>();

  private final List<Action> actions = new ArrayList<>();

  /** Loops by stage; each a list of actions. */
  final List<List<List<Action>>> loops = new ArrayList<>();

  /** Work on row values by stage: one more than there are stages of loops. */
  final List<List<Action>> rows = new ArrayList<>();

  final List<Value> reductions = new ArrayList<>();

  /** Row values that wait in cells. */
  int cells;

  /** Full values that wait in memory. */
  int fullPlaces;

  RowGraph(RowSegment segment) {
    this.segment = segment;
    List<Step> steps = segment.steps();
    for (int i = 0; i < steps.size(); i++) {
      lastWrites.put(steps.get(i).out(), i);
    }
    for (int i = 0; i < steps.size(); i++) {
      add(steps.get(i), i);
    }
    cut();
    place();
  }

  // ---- from steps to values

  private void add(Step step, int i) {
    switch (step) {
      case Step.Unary(var kind, var lane, var level, var x, int out) -> {
        Kind result = kind == UnaryKind.NOT ? Kind.MASK : kind(lane);
        make(step, i, result, level, out, value(x, level, kind(lane)));
      }
      case Step.Binary(var kind, var lane, var level, var a, var b, int out) -> {
        Value p = value(a, level, kind(lane));
        Value q = value(b, level, kind(lane));
        boolean logical = p.kind == Kind.MASK && q.kind == Kind.MASK && !kind.compares();
        make(step, i, kind.compares() || logical ? Kind.MASK : kind(lane), level, out, p, q);
      }
      case Step.Where(var lane, var level, var condition, var a, var b, int out) ->
          make(
              step,
              i,
              kind(lane),
              level,
              out,
              value(condition, level, Kind.I32),
              value(a, level, kind(lane)),
              value(b, level, kind(lane)));
      case Step.Cast(var from, var to, var level, var x, int out) -> {
        Kind result = to == DType.BOOL ? Kind.MASK : kind(Lane.of(to));
        make(step, i, result, level, out, value(x, level, kind(Lane.of(from))));
      }
      case Step.Load(var dtype, var level, int x, int out) -> {
        Value from = value(new Ref(x, dtype.bytes()), level, kind(Lane.of(dtype)));
        make(step, i, kind(Lane.of(dtype)), level, out, from);
      }
      case Step.Store(var dtype, var level, int x, int out) -> {
        Value from = value(new Ref(x, 4), level, kind(Lane.of(dtype)));
        write(from, at(level), out, dtype);
        current.remove(out);
      }
      case Step.Copy(var lane, var level, var x, int out) -> {
        Value from = value(x, level, kind(lane));
        if (from.source instanceof InMemory) {
          make(step, i, kind(lane), level, out, from);
        } else {
          put(from, at(level), i, out);
        }
      }
      case Step.Spread(var lane, _, int x, int out) ->
          current.put(out, value(new Ref(x, lane.bytes()), Level.ROW, kind(lane)));
      case Step.ReduceRows(var kind, _, int x, int out) -> put(reduce(kind, x), Level.ROW, i, out);
      case Step.AccumulateRow(var kind, _, int x, int sum) ->
          actions.add(new Accumulate(reduce(kind, x), kind, sum));
      case Step.Gather _, Step.Scatter _, Step.Repeat _, Step.Generated _ ->
          throw new IllegalArgumentException("not for generated code: " + step);
    }
  }

  private static Kind kind(Lane lane) {
    return switch (lane) {
      case F32 -> Kind.F32;
      case I32 -> Kind.I32;
      case I64 -> throw new IllegalArgumentException("no generated code for i64");
    };
  }

  /** Without rows, row values are elements of one. */
  private Level at(Level level) {
    return segment.byRows() ? level : Level.FULL;
  }

  private Value value(Ref ref, Level reader, Kind kind) {
    Value known = current.get(ref.at());
    if (known != null) {
      return known;
    }
    Level level = ref.step() == 0 ? Level.UNIFORM : at(reader);
    return memory.computeIfAbsent(
        new MemoryKey(ref.at(), kind, level), _ -> new Value(new InMemory(ref.at()), kind, level));
  }

  private void make(Step step, int i, Kind kind, Level level, int out, Value... operands) {
    var value = new Value(new Made(step, List.of(operands)), kind, at(level));
    for (Value operand : operands) {
      value.stage = Math.max(value.stage, operand.stage);
    }
    actions.add(new Make(value));
    for (Value operand : operands) {
      read(operand, value.level, value.stage);
    }
    put(value, value.level, i, out);
  }

  private Value reduce(ReduceKind kind, int x) {
    Value from = value(new Ref(x, 4), Level.FULL, Kind.F32);
    read(from, Level.FULL, from.stage);
    var value = new Value(new Reduced(kind, from, reductions.size()), Kind.F32, Level.ROW);
    value.stage = from.stage + 1;
    reductions.add(value);
    return value;
  }

  private void put(Value value, Level level, int i, int out) {
    current.put(out, value);
    boolean last = lastWrites.get(out) == i;
    if (segment.keeps(out) && (last || out < segment.firstBlock())) {
      write(value, level, out, value.kind == Kind.F32 ? DType.F32 : DType.I32);
    }
  }

  private void write(Value value, Level level, int out, DType dtype) {
    int stage = value.stage;
    int read = reads.getOrDefault(place(out, level), 0);
    stage = Math.max(stage, level == Level.ROW ? (read + 1) / 2 : read / 2);
    actions.add(new Write(value, level, stage, out, dtype));
    read(value, level, stage);
  }

  private void read(Value value, Level reader, int stage) {
    if (value.source instanceof InMemory(int at)) {
      int when = reader == Level.ROW ? 2 * stage : 2 * stage + 1;
      reads.merge(place(at, value.level), when, Math::max);
    }
  }

  /** What must not be written before it is read: any view, or a block. */
  private Object place(int at, Level level) {
    return at < segment.views() ? level : (Object) at;
  }

  // ---- loops

  private void cut() {
    int stages = 0;
    for (Action action : actions) {
      stages = Math.max(stages, action.stage());
    }
    for (Value reduction : reductions) {
      stages = Math.max(stages, reduction.stage);
    }
    int first = 0;
    for (int stage = 0; stage <= stages; stage++) {
      var atRows = new ArrayList<Action>();
      var inStage = new ArrayList<List<Action>>();
      var works = new ArrayList<Integer>();
      for (Action action : actions) {
        if (action.stage() != stage) {
          continue;
        }
        if (action.level() == Level.ROW) {
          atRows.add(action);
          continue;
        }
        int more = work(action);
        if (inStage.isEmpty() || works.getLast() + more > MOST_WORK) {
          inStage.add(new ArrayList<>());
          works.add(0);
        }
        works.set(works.size() - 1, works.getLast() + more);
        inStage.getLast().add(action);
        if (action instanceof Make(var value)) {
          value.loop = first + inStage.size() - 1;
        }
      }
      reduceIn(stage, first, inStage, works);
      rows.add(atRows);
      loops.add(inStage);
      first += inStage.size();
    }
  }

  /**
   * Reduces where the value is made, if all the loop's work can be there once for each vector of
   * partial results; else in a loop that does nothing else.
   */
  private void reduceIn(int stage, int first, List<List<Action>> inStage, List<Integer> works) {
    int own = first + inStage.size();
    for (Value reduction : reductionsOf(stage + 1)) {
      Value x = ((Reduced) reduction.source).x;
      int loop = x.source instanceof Made && x.level == Level.FULL ? x.loop : first;
      boolean fits =
          loop >= first
              && loop < own
              && works.get(loop - first) * RowVectors.PARTIALS <= MOST_WORK / 2;
      reduction.loop = fits ? loop : own;
      if (!fits && inStage.size() == own - first) {
        inStage.add(List.of());
      }
    }
  }

  /** The reductions that end before a stage. */
  List<Value> reductionsOf(int stage) {
    return reductions.stream().filter(value -> value.stage == stage).toList();
  }

  /** The reductions in a loop. */
  List<Value> reductionsIn(int loop) {
    return reductions.stream().filter(value -> value.loop == loop).toList();
  }

  /** About how many vector instructions. */
  private static int work(Action action) {
    return action instanceof Make(var value)
            && ((Made) value.source).step instanceof Step.Unary(var kind, _, _, _, _)
        ? switch (kind) {
          case NEG, ABS, NOT, RECIPROCAL, SQRT, RSQRT, RELU -> 1;
          case SIGN, ROUND -> 4;
          case FLOOR, CEIL -> 7;
          case EXP -> 22;
          case TANH -> 25;
          case SIGMOID, EXPM1 -> 28;
          case LOG, SIN, COS -> 32;
          case LOG1P, ERF -> 40;
        }
        : 1;
  }

  /** Gives memory to the values that a later loop or later work on rows uses. */
  private void place() {
    int number = 0;
    for (int stage = 0; stage < loops.size(); stage++) {
      for (Action action : rows.get(stage)) {
        for (Value used : uses(action)) {
          cell(used);
        }
        if (action instanceof Make(var value)) {
          cell(value);
        }
      }
      for (List<Action> loop : loops.get(stage)) {
        for (Action action : loop) {
          for (Value used : uses(action)) {
            wait(used, number);
          }
        }
        for (Value reduction : reductionsIn(number)) {
          cell(reduction);
          wait(((Reduced) reduction.source).x, number);
        }
        number++;
      }
    }
  }

  private static List<Value> uses(Action action) {
    return action instanceof Make(var value)
        ? ((Made) value.source).operands
        : List.of(action.value());
  }

  private void cell(Value value) {
    if (value.level == Level.ROW && !(value.source instanceof InMemory) && value.place < 0) {
      value.place = cells++;
    }
  }

  private void wait(Value value, int loop) {
    cell(value);
    if (value.level == Level.FULL
        && value.source instanceof Made
        && value.loop != loop
        && value.place < 0) {
      value.place = fullPlaces++;
    }
  }

  int stages() {
    return loops.size();
  }
}
