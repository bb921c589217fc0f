package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.INTS;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Loops} with the Vector API. Each loop is a small method that is compiled {@link Alone};
 * the rest of a length that is no multiple of the vector goes through a mask or a pad. What is not
 * here runs one by one.
 */
final class VectorLoops extends ScalarLoops {
  private static final int LANES = FLOATS.length();

  private final Map<UnaryKind, UnaryLoop> unary = new EnumMap<>(UnaryKind.class);
  private final Map<BinaryKind, BinaryLoop> floats = new EnumMap<>(BinaryKind.class);
  private final Map<BinaryKind, BinaryLoop> ints = new EnumMap<>(BinaryKind.class);
  private final Map<ReduceKind, UnaryLoop> reduce = new EnumMap<>(ReduceKind.class);
  private final Map<ReduceKind, UnaryLoop> reduceShort = new EnumMap<>(ReduceKind.class);
  private final Map<DType, UnaryLoop> load = new EnumMap<>(DType.class);
  private final Map<DType, UnaryLoop> store = new EnumMap<>(DType.class);
  private final TileKernel tiles = TileKernel.best();
  private final UnaryLoop repeat = Alone.of(CopyLoops::repeat);
  private final UnaryLoop spread = Alone.of(CopyLoops::spread);
  private final UnaryLoop toInts = Alone.of(CopyLoops::toInts);
  private final UnaryLoop toFloats = Alone.of(CopyLoops::toFloats);
  private final UnaryLoop uniform = Alone.of(RandomLoops::uniform);
  private final UnaryLoop evens = Alone.of(RandomLoops::evens);
  private final UnaryLoop odds = Alone.of(RandomLoops::odds);
  private final UnaryLoop sineOfTurns = Alone.of(RandomLoops::sineOfTurns);
  private final UnaryLoop cosineOfTurns = Alone.of(RandomLoops::cosineOfTurns);
  private final BinaryLoop inTurn = Alone.of(RandomLoops::inTurn);
  private final SelectLoop select = Alone.of(VectorLoops::select);

  private final Optional<RowGenerator> generator;

  VectorLoops() {
    this(Optional.empty());
  }

  /**
   * @param generator what makes code of whole row kernels
   */
  VectorLoops(Optional<RowGenerator> generator) {
    this.generator = generator;
    for (var kind : UnaryKind.values()) {
      UnaryLoops.of(kind).ifPresent(loop -> unary.put(kind, Alone.of(loop)));
    }
    for (var kind : BinaryKind.values()) {
      BinaryLoops.ofFloats(kind).ifPresent(loop -> floats.put(kind, Alone.of(loop)));
      BinaryLoops.ofInts(kind).ifPresent(loop -> ints.put(kind, Alone.of(loop)));
    }
    for (var kind : ReduceKind.values()) {
      ReduceLoops.of(kind).ifPresent(loop -> reduce.put(kind, Alone.of(loop)));
      ReduceLoops.ofShort(kind).ifPresent(loop -> reduceShort.put(kind, Alone.of(loop)));
    }
    for (var dtype : DType.values()) {
      CopyLoops.load(dtype).ifPresent(loop -> load.put(dtype, Alone.of(loop)));
      CopyLoops.store(dtype).ifPresent(loop -> store.put(dtype, Alone.of(loop)));
    }
  }

  @Override
  public Optional<RowGenerator> generator() {
    return generator;
  }

  @Override
  public void unary(UnaryKind kind, Lane lane, long x, int xStep, long out, int n) {
    if (lane != Lane.F32) {
      super.unary(kind, lane, x, xStep, out, n);
      return;
    }
    UnaryLoop loop = unary.get(kind);
    int whole = n & -LANES;
    loop.run(x, xStep, out, whole);
    if (whole < n) {
      long pad = Workspace.local().pad();
      int rest = n - whole;
      moveFew(x + (long) whole * xStep, xStep, pad, rest);
      loop.run(pad, 4, pad, LANES);
      moveFew(pad, 4, out + 4L * whole, rest);
    }
  }

  /** A few lanes of 4 bytes. */
  private static void moveFew(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i++) {
      Memory.setInt(out + 4L * i, Memory.getInt(x + (long) i * xStep));
    }
  }

  @Override
  public void binary(
      BinaryKind kind, Lane lane, long a, int aStep, long b, int bStep, long out, int n) {
    var loops = lane == Lane.F32 ? floats : ints;
    if (lane != Lane.I64 && loops.containsKey(kind)) {
      loops.get(kind).run(a, aStep, b, bStep, out, n);
    } else {
      super.binary(kind, lane, a, aStep, b, bStep, out, n);
    }
  }

  @Override
  public void where(
      Lane lane, long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n) {
    if (lane == Lane.I64) {
      super.where(lane, condition, cStep, a, aStep, b, bStep, out, n);
    } else {
      select.run(condition, cStep, a, aStep, b, bStep, out, n);
    }
  }

  private static void select(
      long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n) {
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      var c = ints(condition + (long) i * cStep);
      var p = ints(a + (long) i * aStep);
      var q = ints(b + (long) i * bStep);
      put(out + 4L * i, q.blend(p, c.compare(VectorOperators.NE, 0)));
    }
    if (whole < n) {
      var mask = upTo(n - whole);
      var c = ints(condition + (long) whole * cStep, mask);
      var p = ints(a + (long) whole * aStep, mask);
      var q = ints(b + (long) whole * bStep, mask);
      put(out + 4L * whole, q.blend(p, c.compare(VectorOperators.NE, 0)), mask);
    }
  }

  @Override
  public void cast(DType from, DType to, long x, int xStep, long out, int n) {
    int whole = n & -LANES;
    if (to == DType.F32 && Lane.of(from) == Lane.I32) {
      toFloats.run(x, xStep, out, whole);
    } else if (from == DType.F32 && to == DType.I32) {
      toInts.run(x, xStep, out, whole);
    } else {
      whole = 0;
    }
    super.cast(from, to, x + (long) whole * xStep, xStep, out + 4L * whole, n - whole);
  }

  @Override
  public void load(DType dtype, long x, long out, int n) {
    int whole = load.containsKey(dtype) ? n & -LANES : 0;
    if (whole > 0) {
      load.get(dtype).run(x, dtype.bytes(), out, whole);
    }
    super.load(dtype, x + (long) whole * dtype.bytes(), out + 4L * whole, n - whole);
  }

  @Override
  public void store(DType dtype, long x, long out, int n) {
    int whole = store.containsKey(dtype) ? n & -LANES : 0;
    if (whole > 0) {
      store.get(dtype).run(x, 4, out, whole);
    }
    super.store(dtype, x + 4L * whole, out + (long) whole * dtype.bytes(), n - whole);
  }

  @Override
  public void copy(int bytes, long x, int xStep, long out, int n) {
    if (xStep != 0) {
      Memory.copy(x, out, (long) bytes * n);
    } else {
      repeat.run(x, 0, out, bytes == 8 ? 2 * n : n);
    }
  }

  @Override
  public void spread(int bytes, long x, long out, int rows, int columns) {
    if (bytes == 8) {
      super.spread(bytes, x, out, rows, columns);
      return;
    }
    spread.run(x, 4 * columns, out, rows);
  }

  @Override
  public void move(int bytes, long from, Grid source, long to, Grid target, int rows, int columns) {
    boolean readAcross = source.row() == 4 && target.column() == 4;
    boolean writeAcross = source.column() == 4 && target.row() == 4;
    if (bytes == 4 && readAcross && source.column() != 4) {
      tiles.transpose(columns, rows, from, source.column(), to, target.row());
    } else if (bytes == 4 && writeAcross && target.column() != 4) {
      tiles.transpose(rows, columns, from, source.row(), to, target.column());
    } else {
      super.move(bytes, from, source, to, target, rows, columns);
    }
  }

  @Override
  public void reduce(
      ReduceKind kind, Lane lane, long x, int rows, int columns, long out, long workspace) {
    if (lane != Lane.F32 || !reduce.containsKey(kind)) {
      super.reduce(kind, lane, x, rows, columns, out, workspace);
      return;
    }
    if (columns <= LANES) {
      reduceShort.get(kind).run(x, 4 * columns, out, rows);
      return;
    }
    UnaryLoop loop = reduce.get(kind);
    for (int row = 0; row < rows; row++) {
      loop.run(x + 4L * columns * row, 4, workspace, columns);
      halve(combine(kind), lane, workspace, ReduceLoops.PARTIALS, out + 4L * row);
    }
  }

  @Override
  public void firstGreatest(
      int[] offsets, long x, int place, int stride, long end, long out, int n) {
    int done = 0;
    if ((stride == 1 || stride == 2) && offsets.length > 0) {
      // a vector of windows reads as many whole vectors as its stride
      long last = x + 4L * (place + offsets[offsets.length - 1]);
      long readable = Math.max(0, (end - last) / (4L * stride * LANES));
      done = (int) Math.min(n, readable * LANES);
      PoolLoops.firstGreatest(offsets, x, place, stride, out, done);
    }
    super.firstGreatest(offsets, x, place + done * stride, stride, end, out + 4L * done, n - done);
  }

  @Override
  public void random(
      Op.Random.Distribution distribution, long key, long firstBlock, long out, long workspace) {
    int n = 4 * RandomNumbers.CHUNK;
    switch (distribution) {
      case UNIFORM -> {
        RandomLoops.words(key, firstBlock, out, RandomNumbers.CHUNK);
        uniform.run(out, 4, out, n);
      }
      case NORMAL -> {
        int pairs = n / 2;
        long radius = workspace;
        long turns = radius + 4L * pairs;
        long sine = turns + 4L * pairs;
        RandomLoops.words(key, firstBlock, out, RandomNumbers.CHUNK);
        evens.run(out, 4, radius, pairs);
        odds.run(out, 4, turns, pairs);
        long one = Workspace.local().pad();
        Numbers.fill(Lane.F32, 1, one, LANES);
        binary(BinaryKind.SUB, Lane.F32, one, 0, radius, 4, radius, pairs);
        unary(UnaryKind.LOG, Lane.F32, radius, 4, radius, pairs);
        Numbers.fill(Lane.F32, -2, one, LANES);
        binary(BinaryKind.MUL, Lane.F32, radius, 4, one, 0, radius, pairs);
        unary(UnaryKind.SQRT, Lane.F32, radius, 4, radius, pairs);
        sineOfTurns.run(turns, 4, sine, pairs);
        cosineOfTurns.run(turns, 4, turns, pairs);
        binary(BinaryKind.MUL, Lane.F32, radius, 4, turns, 4, turns, pairs);
        binary(BinaryKind.MUL, Lane.F32, radius, 4, sine, 4, sine, pairs);
        inTurn.run(turns, 4, sine, 4, out, pairs);
      }
    }
  }

  // ---- vectors in memory; with a mask, what lies outside is neither read nor written

  static FloatVector floats(long address) {
    return FloatVector.fromMemorySegment(FLOATS, Memory.ALL, address, Memory.ORDER);
  }

  static FloatVector floats(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(FLOATS, Memory.ALL, address, Memory.ORDER, mask);
  }

  static IntVector ints(long address) {
    return IntVector.fromMemorySegment(INTS, Memory.ALL, address, Memory.ORDER);
  }

  static IntVector ints(long address, VectorMask<Integer> mask) {
    return IntVector.fromMemorySegment(INTS, Memory.ALL, address, Memory.ORDER, mask);
  }

  static void put(long address, FloatVector x) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER);
  }

  static void put(long address, FloatVector x, VectorMask<Float> mask) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER, mask);
  }

  static void put(long address, IntVector x) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER);
  }

  static void put(long address, IntVector x, VectorMask<Integer> mask) {
    x.intoMemorySegment(Memory.ALL, address, Memory.ORDER, mask);
  }

  static VectorMask<Float> upToFloats(int n) {
    return FLOATS.indexInRange(0, n);
  }

  static VectorMask<Integer> upTo(int n) {
    return INTS.indexInRange(0, n);
  }
}
