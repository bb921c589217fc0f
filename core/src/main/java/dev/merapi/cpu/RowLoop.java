package dev.merapi.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.merapi.cpu.RowGraph.Action;
import dev.merapi.cpu.RowGraph.InMemory;
import dev.merapi.cpu.RowGraph.Kind;
import dev.merapi.cpu.RowGraph.Made;
import dev.merapi.cpu.RowGraph.Make;
import dev.merapi.cpu.RowGraph.Reduced;
import dev.merapi.cpu.RowGraph.Value;
import dev.merapi.cpu.RowGraph.Write;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Writes a loop over the whole vectors of a row's columns, all values in registers, or the work on
 * one vector with a mask, for what is left of the row. The method's parameters are the addresses,
 * the row's number, the number of columns, and, of what is left, the first column.
 */
final class RowLoop {
  private static final int LANES = RowVectors.LANES;

  /** C2 does not inline a method of more bytes into its callers. */
  private static final int TOO_LARGE_TO_INLINE = 330;

  private static final ClassDesc FLOATS = desc(FloatVector.class);
  private static final ClassDesc INTS = desc(IntVector.class);
  private static final ClassDesc MASK = desc(VectorMask.class);
  private static final ClassDesc VECTORS = desc(RowVectors.class);
  private static final ClassDesc LOOPS = desc(VectorLoops.class);
  private static final ClassDesc MATH = desc(VectorMath.class);

  private record Key(Value value, Kind kind) {}

  private record Store(int at, DType dtype) {}

  private final CodeBuilder code;
  private final RowMemory memory;
  private final boolean rest;
  private final int index;

  /** Elements from the index to this vector. */
  private int skip;

  private int count;
  private int floatMask;
  private int intMask;

  private final Map<Value, Integer> bases = new HashMap<>();
  private final Map<Store, Integer> targets = new HashMap<>();
  private final Map<Key, Integer> locals = new HashMap<>();
  private final Map<Value, int[]> partials = new HashMap<>();

  RowLoop(CodeBuilder code, RowMemory memory, boolean rest) {
    this.code = code;
    this.memory = memory;
    this.rest = rest;
    this.index = rest ? 3 : code.allocateLocal(TypeKind.INT);
  }

  private void call(ClassDesc owner, String name, MethodTypeDesc type) {
    RowInliner.call(code, owner, name, type);
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  void write(List<Action> actions, List<Value> reductions) {
    if (rest) {
      masks();
    }
    prologue(actions, reductions);
    if (rest) {
      body(actions, reductions);
      code.return_();
      return;
    }
    for (int i = 0; i < TOO_LARGE_TO_INLINE; i++) {
      code.nop();
    }
    int turn = turn(reductions);
    int whole = code.allocateLocal(TypeKind.INT);
    code.iload(2).loadConstant(-turn).iand().istore(whole).iconst_0().istore(index);
    for (Value reduction : reductions) {
      int[] vectors = new int[RowVectors.PARTIALS];
      for (int i = 0; i < vectors.length; i++) {
        identity(reduction);
        vectors[i] = local();
      }
      partials.put(reduction, vectors);
    }
    Label next = code.newLabel();
    Label end = code.newLabel();
    code.labelBinding(next);
    code.iload(index).iload(whole).if_icmpge(end);
    for (skip = 0; skip < turn; skip += LANES) {
      body(actions, reductions);
    }
    code.iinc(index, turn).goto_(next);
    code.labelBinding(end);
    for (Value reduction : reductions) {
      for (int i = 0; i < RowVectors.PARTIALS; i++) {
        memory.partials(code, reduction);
        code.loadConstant(4L * LANES * i).ladd();
        code.aload(partials.get(reduction)[i]);
        call(LOOPS, "put", MethodTypeDesc.of(CD_void, CD_long, FLOATS));
      }
    }
    code.return_();
  }

  /**
   * Elements of one turn of a loop: a vector, or one for each vector of partial results. What is
   * left of a row is done vector by vector.
   */
  static int turn(List<Value> reductions) {
    return reductions.isEmpty() ? LANES : LANES * RowVectors.PARTIALS;
  }

  private void masks() {
    count = code.allocateLocal(TypeKind.INT);
    floatMask = code.allocateLocal(TypeKind.REFERENCE);
    intMask = code.allocateLocal(TypeKind.REFERENCE);
    code.iload(2).iload(index).isub().istore(count);
    code.iload(count).invokestatic(LOOPS, "upToFloats", MethodTypeDesc.of(MASK, CD_int));
    code.astore(floatMask);
    code.iload(count).invokestatic(LOOPS, "upTo", MethodTypeDesc.of(MASK, CD_int));
    code.astore(intMask);
  }

  // ---- before the loop

  private void prologue(List<Action> actions, List<Value> reductions) {
    for (Action action : actions) {
      if (action instanceof Make(var value)) {
        Made made = (Made) value.source;
        for (Value operand : made.operands()) {
          prepare(operand, made.step() instanceof Step.Load load ? load.dtype() : DType.F32);
        }
      } else {
        prepare(action.value(), DType.F32);
      }
      if (action instanceof Write write) {
        targets.computeIfAbsent(
            new Store(write.to(), write.dtype()), to -> base(to.at(), to.dtype()));
      }
    }
    for (Value reduction : reductions) {
      prepare(((Reduced) reduction.source).x(), DType.F32);
    }
    for (Action action : actions) {
      if (action instanceof Make(var value) && value.place >= 0) {
        bases.computeIfAbsent(value, this::waiting);
      }
    }
  }

  /** Loads what is the same along the row, and the address of what is not. */
  private void prepare(Value value, DType dtype) {
    switch (value.level) {
      case UNIFORM -> {
        if (!locals.containsKey(new Key(value, value.kind))) {
          memory.address(code, ((InMemory) value.source).at());
          load(value.kind);
          locals.put(new Key(value, value.kind), local());
        }
      }
      case ROW -> {
        if (!locals.containsKey(new Key(value, value.kind))) {
          memory.number(code, value);
          call(VECTORS, "broadcast", MethodTypeDesc.of(FLOATS, CD_float));
          locals.put(new Key(value, value.kind), local());
        }
      }
      case FULL -> {
        if (value.source instanceof InMemory(int at)) {
          bases.computeIfAbsent(value, _ -> base(at, dtype));
        } else if (value.place >= 0) {
          bases.computeIfAbsent(value, this::waiting);
        }
      }
    }
  }

  /** A local with the address of the row's first element. */
  private int base(int at, DType dtype) {
    memory.address(code, at);
    code.iload(1).i2l().iload(2).i2l().lmul();
    code.loadConstant((long) dtype.bytes()).lmul().ladd();
    return stored(TypeKind.LONG);
  }

  private int waiting(Value value) {
    memory.waiting(code, value);
    return stored(TypeKind.LONG);
  }

  private int stored(TypeKind type) {
    int local = code.allocateLocal(type);
    code.storeLocal(type, local);
    return local;
  }

  private int local() {
    return stored(TypeKind.REFERENCE);
  }

  // ---- one vector of each value

  private void body(List<Action> actions, List<Value> reductions) {
    List<Key> before = new ArrayList<>(locals.keySet());
    List<Value> ended = new ArrayList<>();
    for (Action action : actions) {
      if (action instanceof Make(var value)) {
        make(value);
        locals.put(new Key(value, value.kind), local());
        if (value.place >= 0) {
          address(bases.get(value), 4);
          push(value, value.kind == Kind.MASK ? Kind.I32 : value.kind);
          put(value.kind == Kind.F32 ? FLOATS : INTS, false);
        }
      } else {
        write((Write) action);
      }
      for (Value reduction : reductions) {
        // at once, so that a partial result is the only thing that lives on
        if (ready(reduction) && !ended.contains(reduction)) {
          accumulate(reduction);
          ended.add(reduction);
        }
      }
    }
    for (Value reduction : reductions) {
      if (!ended.contains(reduction)) {
        accumulate(reduction);
      }
    }
    locals.keySet().retainAll(before);
  }

  private boolean ready(Value reduction) {
    Value x = ((Reduced) reduction.source).x();
    return x.source instanceof Made && locals.containsKey(new Key(x, x.kind));
  }

  private void write(Write write) {
    int to = targets.get(new Store(write.to(), write.dtype()));
    address(to, write.dtype().bytes());
    switch (write.dtype()) {
      case F32 -> {
        push(write.value(), Kind.F32);
        put(FLOATS, rest);
      }
      case I32 -> {
        push(write.value(), Kind.I32);
        put(INTS, rest);
      }
      case BF16 -> {
        push(write.value(), Kind.F32);
        narrow("storeBf16", FLOATS);
      }
      case BOOL, U8 -> {
        push(write.value(), Kind.I32);
        narrow("storeBytes", INTS);
      }
      case I8, F16, I64 -> throw new IllegalArgumentException("no store of " + write.dtype());
    }
  }

  private void put(ClassDesc type, boolean masked) {
    if (masked) {
      code.aload(type.equals(FLOATS) ? floatMask : intMask);
      call(LOOPS, "put", MethodTypeDesc.of(CD_void, CD_long, type, MASK));
    } else {
      call(LOOPS, "put", MethodTypeDesc.of(CD_void, CD_long, type));
    }
  }

  private void narrow(String name, ClassDesc type) {
    if (rest) {
      code.iload(count);
      call(VECTORS, name, MethodTypeDesc.of(CD_void, CD_long, type, CD_int));
    } else {
      call(VECTORS, name, MethodTypeDesc.of(CD_void, CD_long, type));
    }
  }

  /** Pushes the address of this vector. */
  private void address(int base, int bytes) {
    code.lload(base);
    code.iload(index).i2l().loadConstant((long) bytes).lmul().ladd();
    code.loadConstant((long) bytes * skip).ladd();
  }

  /** The address on the stack made a vector. */
  private void load(Kind kind) {
    String name = kind == Kind.F32 ? "floats" : "ints";
    call(LOOPS, name, MethodTypeDesc.of(kind == Kind.F32 ? FLOATS : INTS, CD_long));
  }

  private void loadMasked(Kind kind) {
    if (!rest) {
      load(kind);
    } else if (kind == Kind.F32) {
      code.aload(floatMask);
      call(LOOPS, "floats", MethodTypeDesc.of(FLOATS, CD_long, MASK));
    } else {
      code.aload(intMask);
      call(LOOPS, "ints", MethodTypeDesc.of(INTS, CD_long, MASK));
    }
  }

  /** Pushes a value as a vector of that kind. */
  private void push(Value value, Kind wanted) {
    Integer local = locals.get(new Key(value, wanted));
    if (local != null) {
      code.aload(local);
      return;
    }
    if (wanted == Kind.MASK) {
      push(value, Kind.I32);
      call(VECTORS, "isTrue", MethodTypeDesc.of(MASK, INTS));
    } else if (wanted == Kind.I32 && locals.containsKey(new Key(value, Kind.MASK))) {
      push(value, Kind.MASK);
      call(VECTORS, "toInts", MethodTypeDesc.of(INTS, MASK));
    } else {
      address(bases.get(value), 4);
      if (value.source instanceof InMemory) {
        loadMasked(wanted);
      } else {
        load(wanted);
      }
    }
    int kept = local();
    locals.put(new Key(value, wanted), kept);
    code.aload(kept);
  }

  // ---- ops

  private void make(Value value) {
    Made made = (Made) value.source;
    List<Value> in = made.operands();
    switch (made.step()) {
      case Step.Unary(var kind, _, _, _, _) -> {
        push(in.getFirst(), value.kind);
        ClassDesc owner = inMath(kind) ? MATH : VECTORS;
        ClassDesc type = type(value.kind);
        call(owner, name(kind), MethodTypeDesc.of(type, type));
      }
      case Step.Binary(var kind, var lane, _, _, _, _) -> {
        Kind of = lane == Lane.F32 ? Kind.F32 : Kind.I32;
        of = value.kind == Kind.MASK && !kind.compares() ? Kind.MASK : of;
        push(in.get(0), of);
        push(in.get(1), of);
        ClassDesc result = type(kind.compares() ? Kind.MASK : of);
        call(VECTORS, name(kind), MethodTypeDesc.of(result, type(of), type(of)));
      }
      case Step.Where _ -> {
        push(in.get(0), Kind.MASK);
        push(in.get(1), value.kind);
        push(in.get(2), value.kind);
        ClassDesc type = type(value.kind);
        call(VECTORS, "where", MethodTypeDesc.of(type, MASK, type, type));
      }
      case Step.Cast(var from, var to, _, _, _) -> cast(from, to, in.getFirst());
      case Step.Load(var dtype, _, _, _) -> load(dtype, in.getFirst());
      case Step.Copy _ -> push(in.getFirst(), value.kind);
      default -> throw new IllegalArgumentException("no vector: " + made.step());
    }
  }

  private void cast(DType from, DType to, Value x) {
    boolean floats = Lane.of(from) == Lane.F32;
    push(x, floats ? Kind.F32 : Kind.I32);
    ClassDesc type = floats ? FLOATS : INTS;
    switch (to) {
      case BOOL -> call(VECTORS, "isTrue", MethodTypeDesc.of(MASK, type));
      case BF16 -> call(VECTORS, "toBf16", MethodTypeDesc.of(FLOATS, type));
      case I32 -> call(VECTORS, "toInts", MethodTypeDesc.of(INTS, type));
      case F32 -> call(VECTORS, "toFloats", MethodTypeDesc.of(FLOATS, type));
      case U8, I8, F16, I64 -> throw new IllegalArgumentException("no cast to " + to);
    }
  }

  private void load(DType dtype, Value x) {
    switch (dtype) {
      case F32 -> push(x, Kind.F32);
      case I32 -> push(x, Kind.I32);
      case BF16, BOOL, U8 -> {
        boolean floats = dtype == DType.BF16;
        String name = floats ? "loadBf16" : "loadBytes";
        ClassDesc type = floats ? FLOATS : INTS;
        address(bases.get(x), dtype.bytes());
        if (rest) {
          code.iload(count);
          call(VECTORS, name, MethodTypeDesc.of(type, CD_long, CD_int));
        } else {
          call(VECTORS, name, MethodTypeDesc.of(type, CD_long));
        }
      }
      case I8, F16, I64 -> throw new IllegalArgumentException("no load of " + dtype);
    }
  }

  private static boolean inMath(UnaryKind kind) {
    return switch (kind) {
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGN, FLOOR, CEIL, ROUND -> true;
      case NEG, ABS, RECIPROCAL, SQRT, RSQRT, RELU, SIGMOID, ERF, NOT -> false;
    };
  }

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static ClassDesc type(Kind kind) {
    return switch (kind) {
      case F32 -> FLOATS;
      case I32 -> INTS;
      case MASK -> MASK;
    };
  }

  // ---- reductions

  /** Pushes a new vector; merged with a constant one, C2 would keep the sum on the heap. */
  private void identity(Value reduction) {
    float identity =
        switch (((Reduced) reduction.source).kind()) {
          case SUM -> 0;
          case MAX -> Float.NEGATIVE_INFINITY;
          case MIN -> Float.POSITIVE_INFINITY;
          case PROD -> throw new IllegalArgumentException("no product of a row");
        };
    code.loadConstant(identity);
    call(VECTORS, "broadcast", MethodTypeDesc.of(FLOATS, CD_float));
  }

  private void accumulate(Value reduction) {
    var reduced = (Reduced) reduction.source;
    String combine = name(ScalarLoops.combine(reduced.kind()));
    var two = MethodTypeDesc.of(FLOATS, FLOATS, FLOATS);
    if (rest) {
      partial(reduction);
      partial(reduction);
      load(Kind.F32);
      code.aload(floatMask);
      push(reduced.x(), Kind.F32);
      identity(reduction);
      call(VECTORS, "where", MethodTypeDesc.of(FLOATS, MASK, FLOATS, FLOATS));
      call(VECTORS, combine, two);
      put(FLOATS, false);
      return;
    }
    int vector = partials.get(reduction)[skip / LANES];
    code.aload(vector);
    push(reduced.x(), Kind.F32);
    call(VECTORS, combine, two);
    code.astore(vector);
  }

  /** Pushes the address of the partial results of the vector at the index. */
  private void partial(Value reduction) {
    memory.partials(code, reduction);
    code.iload(index).loadConstant(LANES).idiv();
    code.loadConstant(RowVectors.PARTIALS - 1).iand();
    code.loadConstant(4 * LANES).imul().i2l().ladd();
  }
}
