package dev.merapi.tensor;

import dev.merapi.graph.Ints;
import dev.merapi.graph.Op;
import dev.merapi.graph.Storage;
import dev.merapi.graph.Typing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A multi-dimensional array that is not computed yet: an {@link Op} over other tensors, with a
 * shape and a dtype.
 *
 * <p>Tensors are immutable and lazy. Every method records an op and returns at once; shapes are
 * checked there. Values are computed when they are read ({@link #item()}, {@link #toArray()},
 * printing) or when a {@link Step} runs, by one compiled program for the whole graph. Shapes
 * broadcast as in numpy; negative axes count from the end; no axes named means all.
 */
public sealed class Tensor permits Parameter {
  private final Op op;
  private final Shape shape;
  private final DType dtype;

  /** A tensor computed by an op; the op is checked. */
  public Tensor(Op op) {
    this.op = op;
    this.dtype = Typing.dtype(op);
    this.shape = Typing.shape(op);
  }

  Tensor(Shape shape, DType dtype) {
    this.op = new Op.Read((Parameter) this);
    this.shape = shape;
    this.dtype = dtype;
  }

  public final Op op() {
    return op;
  }

  public final Shape shape() {
    return shape;
  }

  public final DType dtype() {
    return dtype;
  }

  // ---- making

  private static Tensor data(DType dtype, MemorySegment segment, Shape shape, long length) {
    if (shape.elements() != length) {
      throw new ShapeException(
          "%d values do not fill the shape %s of %d".formatted(length, shape, shape.elements()));
    }
    return new Tensor(new Op.Data(new Storage(dtype, length, segment), shape));
  }

  private static Shape shaped(long length, int... shape) {
    return shape.length == 0 ? Shape.of(Math.toIntExact(length)) : Shape.of(shape);
  }

  /** An f32 tensor of a copy of the values, row-major; without a shape, a vector. */
  public static Tensor of(float[] values, int... shape) {
    return data(
        DType.F32,
        MemorySegment.ofArray(values.clone()),
        shaped(values.length, shape),
        values.length);
  }

  /** An i32 tensor of a copy of the values. */
  public static Tensor of(int[] values, int... shape) {
    return data(
        DType.I32,
        MemorySegment.ofArray(values.clone()),
        shaped(values.length, shape),
        values.length);
  }

  /** An i64 tensor of a copy of the values. */
  public static Tensor of(long[] values, int... shape) {
    return data(
        DType.I64,
        MemorySegment.ofArray(values.clone()),
        shaped(values.length, shape),
        values.length);
  }

  /** A u8 tensor of a copy of the bytes, each read as 0 … 255. */
  public static Tensor of(byte[] values, int... shape) {
    return data(
        DType.U8,
        MemorySegment.ofArray(values.clone()),
        shaped(values.length, shape),
        values.length);
  }

  /** A bool tensor. */
  public static Tensor of(boolean[] values, int... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return data(
        DType.BOOL, MemorySegment.ofArray(bytes), shaped(values.length, shape), values.length);
  }

  /**
   * A tensor over memory that the caller promises not to change: mapped weights, for instance;
   * nothing is copied.
   */
  public static Tensor wrap(DType dtype, MemorySegment segment, Shape shape) {
    return data(dtype, segment, shape, segment.byteSize() / dtype.bytes());
  }

  /**
   * An f32 scalar whose number is an input of the graph: use it for what changes from step to step.
   */
  public static Tensor scalar(float value) {
    return data(DType.F32, MemorySegment.ofArray(new float[] {value}), Shape.of(), 1);
  }

  /** A scalar that is part of the graph's structure: another value is another program. */
  public static Tensor constant(DType dtype, double value) {
    return new Tensor(new Op.Constant(dtype, value));
  }

  /** An f32 tensor with one value everywhere. */
  public static Tensor full(double value, int... shape) {
    return constant(DType.F32, value).broadcastTo(Shape.of(shape));
  }

  public static Tensor zeros(int... shape) {
    return full(0, shape);
  }

  public static Tensor ones(int... shape) {
    return full(1, shape);
  }

  /** The i32 numbers 0 … n-1. */
  public static Tensor arange(int n) {
    return new Tensor(new Op.Iota(n));
  }

  /** The identity matrix (n, n), f32. */
  public static Tensor eye(int n) {
    return arange(n).unsqueeze(1).eq(arange(n)).cast(DType.F32);
  }

  // ---- arithmetic

  private static Tensor binary(Op.BinaryKind kind, DType dtype, Tensor a, Tensor b) {
    Shape common =
        Shape.broadcast(kind.name().toLowerCase(java.util.Locale.ROOT), a.shape, b.shape);
    return new Tensor(
        new Op.Binary(kind, a.cast(dtype).broadcastTo(common), b.cast(dtype).broadcastTo(common)));
  }

  private static Tensor arithmetic(Op.BinaryKind kind, Tensor a, Tensor b) {
    DType dtype = DType.promote(a.dtype, b.dtype);
    return binary(kind, dtype == DType.BOOL ? DType.I32 : dtype, a, b);
  }

  private Tensor number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE;
    DType dtype =
        this.dtype.isFloat() || !whole
            ? DType.F32
            : this.dtype == DType.BOOL ? DType.I32 : this.dtype.computed();
    return constant(dtype, value);
  }

  private Tensor unary(Op.UnaryKind kind) {
    return new Tensor(new Op.Unary(kind, cast(DType.F32)));
  }

  private Tensor signed(Op.UnaryKind kind) {
    return new Tensor(new Op.Unary(kind, cast(dtype == DType.BOOL ? DType.I32 : dtype.computed())));
  }

  public Tensor add(Tensor other) {
    return arithmetic(Op.BinaryKind.ADD, this, other);
  }

  public Tensor add(double other) {
    return add(number(other));
  }

  public Tensor sub(Tensor other) {
    return arithmetic(Op.BinaryKind.SUB, this, other);
  }

  public Tensor sub(double other) {
    return sub(number(other));
  }

  public Tensor mul(Tensor other) {
    return arithmetic(Op.BinaryKind.MUL, this, other);
  }

  public Tensor mul(double other) {
    return mul(number(other));
  }

  /** The true quotient: f32, of integers too. */
  public Tensor div(Tensor other) {
    return binary(Op.BinaryKind.DIV, DType.F32, this, other);
  }

  public Tensor div(double other) {
    return div(constant(DType.F32, other));
  }

  /** The quotient rounded down. Integers stay integers, and by 0 give 0. */
  public Tensor floorDiv(Tensor other) {
    Tensor quotient = arithmetic(Op.BinaryKind.DIV, this, other);
    return quotient.dtype.isFloat() ? quotient.floor() : quotient;
  }

  public Tensor floorDiv(double other) {
    return floorDiv(number(other));
  }

  /** {@code a - b ⌊a / b⌋}: the remainder with the sign of b. */
  public Tensor remainder(Tensor other) {
    return arithmetic(Op.BinaryKind.REM, this, other);
  }

  public Tensor remainder(double other) {
    return remainder(number(other));
  }

  public Tensor pow(Tensor exponent) {
    return binary(Op.BinaryKind.POW, DType.F32, this, exponent);
  }

  /** The power; exponents 2, 1, 0.5 and -1 become products, roots and reciprocals. */
  public Tensor pow(double exponent) {
    if (exponent == 2) {
      return mul(this);
    }
    return exponent == 1
        ? this
        : exponent == 0.5
            ? sqrt()
            : exponent == -1 ? reciprocal() : pow(constant(DType.F32, exponent));
  }

  /** The greater of both; NaN where either is. */
  public Tensor max(Tensor other) {
    return arithmetic(Op.BinaryKind.MAX, this, other);
  }

  /** The lesser of both; NaN where either is. */
  public Tensor min(Tensor other) {
    return arithmetic(Op.BinaryKind.MIN, this, other);
  }

  /** Each element brought into [low, high]. */
  public Tensor clamp(double low, double high) {
    return max(number(low)).min(number(high));
  }

  public Tensor neg() {
    return signed(Op.UnaryKind.NEG);
  }

  public Tensor abs() {
    return signed(Op.UnaryKind.ABS);
  }

  public Tensor sign() {
    return signed(Op.UnaryKind.SIGN);
  }

  public Tensor reciprocal() {
    return unary(Op.UnaryKind.RECIPROCAL);
  }

  public Tensor exp() {
    return unary(Op.UnaryKind.EXP);
  }

  /** eˣ - 1, exact near 0. */
  public Tensor expm1() {
    return unary(Op.UnaryKind.EXPM1);
  }

  /** The natural logarithm. */
  public Tensor log() {
    return unary(Op.UnaryKind.LOG);
  }

  /** log(1 + x), exact near 0. */
  public Tensor log1p() {
    return unary(Op.UnaryKind.LOG1P);
  }

  public Tensor sqrt() {
    return unary(Op.UnaryKind.SQRT);
  }

  /** 1 / √x. */
  public Tensor rsqrt() {
    return unary(Op.UnaryKind.RSQRT);
  }

  public Tensor sin() {
    return unary(Op.UnaryKind.SIN);
  }

  public Tensor cos() {
    return unary(Op.UnaryKind.COS);
  }

  public Tensor tanh() {
    return unary(Op.UnaryKind.TANH);
  }

  /** The Gauss error function. */
  public Tensor erf() {
    return unary(Op.UnaryKind.ERF);
  }

  /** 1 / (1 + e⁻ˣ). */
  public Tensor sigmoid() {
    return unary(Op.UnaryKind.SIGMOID);
  }

  /** max(x, 0). */
  public Tensor relu() {
    return unary(Op.UnaryKind.RELU);
  }

  public Tensor floor() {
    return unary(Op.UnaryKind.FLOOR);
  }

  public Tensor ceil() {
    return unary(Op.UnaryKind.CEIL);
  }

  /** To the nearest integer, ties to even. */
  public Tensor round() {
    return unary(Op.UnaryKind.ROUND);
  }

  // ---- comparisons and choice

  private static Tensor compare(Op.BinaryKind kind, Tensor a, Tensor b) {
    DType dtype = DType.promote(a.dtype, b.dtype);
    boolean order = kind == Op.BinaryKind.LT || kind == Op.BinaryKind.LE;
    return binary(kind, order && dtype == DType.BOOL ? DType.I32 : dtype, a, b);
  }

  public Tensor eq(Tensor other) {
    return compare(Op.BinaryKind.EQ, this, other);
  }

  public Tensor eq(double other) {
    return eq(number(other));
  }

  public Tensor ne(Tensor other) {
    return compare(Op.BinaryKind.NE, this, other);
  }

  public Tensor ne(double other) {
    return ne(number(other));
  }

  public Tensor lt(Tensor other) {
    return compare(Op.BinaryKind.LT, this, other);
  }

  public Tensor lt(double other) {
    return lt(number(other));
  }

  public Tensor le(Tensor other) {
    return compare(Op.BinaryKind.LE, this, other);
  }

  public Tensor le(double other) {
    return le(number(other));
  }

  public Tensor gt(Tensor other) {
    return other.lt(this);
  }

  public Tensor gt(double other) {
    return number(other).lt(this);
  }

  public Tensor ge(Tensor other) {
    return other.le(this);
  }

  public Tensor ge(double other) {
    return number(other).le(this);
  }

  public Tensor and(Tensor other) {
    return binary(Op.BinaryKind.AND, DType.BOOL, this, other);
  }

  public Tensor or(Tensor other) {
    return binary(Op.BinaryKind.OR, DType.BOOL, this, other);
  }

  public Tensor xor(Tensor other) {
    return binary(Op.BinaryKind.XOR, DType.BOOL, this, other);
  }

  public Tensor not() {
    return new Tensor(new Op.Unary(Op.UnaryKind.NOT, cast(DType.BOOL)));
  }

  /** Where this bool tensor holds {@code a}, elsewhere {@code b}. */
  public Tensor where(Tensor a, Tensor b) {
    DType type = a.dtype == b.dtype ? a.dtype : DType.promote(a.dtype, b.dtype);
    Shape common = Shape.broadcast("where", shape, Shape.broadcast("where", a.shape, b.shape));
    return new Tensor(
        new Op.Where(
            cast(DType.BOOL).broadcastTo(common),
            a.cast(type).broadcastTo(common),
            b.cast(type).broadcastTo(common)));
  }

  public Tensor where(Tensor a, double b) {
    return where(a, a.number(b));
  }

  public Tensor where(double a, Tensor b) {
    return where(b.number(a), b);
  }

  /**
   * Another dtype: float to integer cuts towards zero and saturates, anything to bool is {@code x
   * != 0}.
   */
  public Tensor cast(DType dtype) {
    return dtype == this.dtype ? this : new Tensor(new Op.Cast(this, dtype));
  }

  /** The same value as a constant for gradients. */
  public Tensor detach() {
    return new Tensor(new Op.Detach(this));
  }

  // ---- reductions

  private Tensor reduce(Op.ReduceKind kind, boolean keepDim, int... axes) {
    Ints along = shape.axes(axes);
    Tensor kept = along.size() == 0 ? this : new Tensor(new Op.Reduce(kind, this, along));
    return keepDim ? kept : kept.drop(along);
  }

  private Tensor drop(Ints axes) {
    int[] sizes = new int[shape.rank() - axes.size()];
    int n = 0;
    for (int i = 0; i < shape.rank(); i++) {
      if (!axes.contains(i)) {
        sizes[n++] = shape.size(i);
      }
    }
    return reshape(sizes);
  }

  private Tensor numeric() {
    return cast(dtype == DType.BOOL ? DType.I32 : dtype.computed());
  }

  private int count(int... axes) {
    Ints along = shape.axes(axes);
    long count = 1;
    for (int i = 0; i < along.size(); i++) {
      count *= shape.size(along.get(i));
    }
    return Math.toIntExact(count);
  }

  public Tensor sum(int... axes) {
    return sum(false, axes);
  }

  /** The sum along the axes; keepDim keeps them with size 1. */
  public Tensor sum(boolean keepDim, int... axes) {
    return numeric().reduce(Op.ReduceKind.SUM, keepDim, axes);
  }

  public Tensor prod(int... axes) {
    return numeric().reduce(Op.ReduceKind.PROD, false, axes);
  }

  public Tensor mean(int... axes) {
    return mean(false, axes);
  }

  public Tensor mean(boolean keepDim, int... axes) {
    return cast(DType.F32).sum(keepDim, axes).mul(1.0 / count(axes));
  }

  /** The greatest element along the axes; its gradient is shared by equal ones. */
  public Tensor max(int... axes) {
    return max(false, axes);
  }

  public Tensor max(boolean keepDim, int... axes) {
    return extremum(Op.ReduceKind.MAX, keepDim, axes);
  }

  public Tensor min(int... axes) {
    return min(false, axes);
  }

  public Tensor min(boolean keepDim, int... axes) {
    return extremum(Op.ReduceKind.MIN, keepDim, axes);
  }

  private Tensor extremum(Op.ReduceKind kind, boolean keepDim, int... axes) {
    return numeric().reduce(kind, keepDim, axes);
  }

  /**
   * Σ(x - mean)² / (n - correction): correction 1 is the unbiased estimate, 0 that of the whole
   * population.
   */
  public Tensor variance(int correction, boolean keepDim, int... axes) {
    Tensor centred = sub(mean(true, axes));
    return centred.mul(centred).sum(keepDim, axes).div(count(axes) - correction);
  }

  /** √{@link #variance}. */
  public Tensor std(int correction, boolean keepDim, int... axes) {
    return variance(correction, keepDim, axes).sqrt();
  }

  /** log Σ eˣ, without overflow. */
  public Tensor logSumExp(boolean keepDim, int... axes) {
    Tensor top = cast(DType.F32).max(true, axes).detach();
    Tensor finite =
        top.sub(top).eq(0).where(top, 0); // of only -∞ the sum is 0 and its logarithm -∞, not NaN
    Tensor kept = sub(finite).exp().sum(true, axes).log().add(finite);
    return keepDim ? kept : kept.drop(shape.axes(axes));
  }

  /** The Euclidean norm √Σx²; its gradient at zero is 0. */
  public Tensor norm(int... axes) {
    Tensor x = cast(DType.F32);
    Tensor square = x.mul(x).sum(axes);
    Tensor zero = square.eq(0);
    return zero.where(0, zero.where(1, square).sqrt()); // √ at 0 would pass 0 · ∞ = NaN back
  }

  /** Whether all elements hold. */
  public Tensor all(int... axes) {
    return cast(DType.BOOL).cast(DType.I32).min(axes).cast(DType.BOOL);
  }

  /** Whether any element holds. */
  public Tensor any(int... axes) {
    return cast(DType.BOOL).cast(DType.I32).max(axes).cast(DType.BOOL);
  }

  /** The i32 place of the greatest element along an axis; the first of equals. */
  public Tensor argmax(int axis) {
    return Indexing.argReduce(true, this, axis);
  }

  /** The i32 place of the least element along an axis; the first of equals. */
  public Tensor argmin(int axis) {
    return Indexing.argReduce(false, this, axis);
  }

  public Tensor cumsum(int axis) {
    Tensor last = numeric().moveAxis(axis, -1);
    return new Tensor(new Op.Cumsum(last)).moveAxis(-1, axis);
  }

  /** eˣ / Σ eˣ along an axis. */
  public Tensor softmax(int axis) {
    Tensor e = sub(max(true, axis).detach()).exp();
    return e.div(e.sum(true, axis));
  }

  /** log softmax, without underflow. */
  public Tensor logSoftmax(int axis) {
    Tensor centred = sub(max(true, axis).detach());
    return centred.sub(centred.exp().sum(true, axis).log());
  }

  /** The elements along an axis in order, and the places they came from. */
  public Sorted sort(int axis, boolean descending) {
    return Indexing.sort(this, axis, descending);
  }

  /** The k greatest elements along an axis, greatest first, and their places. */
  public Sorted topk(int k, int axis) {
    return Indexing.topk(this, k, axis);
  }

  // ---- movement

  /** The same elements under another shape; one size may be -1 and is worked out. */
  public Tensor reshape(int... sizes) {
    return reshape(Movement.infer(shape, sizes));
  }

  public Tensor reshape(Shape to) {
    return to.equals(shape) ? this : new Tensor(new Op.Reshape(this, to));
  }

  /** Axes {@code from … to} (inclusive) made one. */
  public Tensor flatten(int from, int to) {
    return Movement.flatten(this, from, to);
  }

  /** One axis split into several; one of the sizes may be -1. */
  public Tensor unflatten(int axis, int... sizes) {
    return Movement.unflatten(this, axis, sizes);
  }

  /** A new axis of size 1 before {@code axis}. */
  public Tensor unsqueeze(int axis) {
    return Movement.unsqueeze(this, axis);
  }

  /** An axis of size 1 dropped. */
  public Tensor squeeze(int axis) {
    return Movement.squeeze(this, axis);
  }

  /** The axes in another order. */
  public Tensor permute(int... axes) {
    int[] order = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      order[i] = shape.axis(axes[i]);
    }
    return Movement.permute(this, Ints.of(order));
  }

  /** The last two axes swapped: (…, m, n) → (…, n, m). */
  public Tensor mT() {
    if (shape.rank() < 2) {
      throw new ShapeException("mT: needs two axes, but the shape is " + shape);
    }
    return transpose(-2, -1);
  }

  /** Two axes swapped. */
  public Tensor transpose(int a, int b) {
    int[] order = Ints.range(shape.rank()).toArray();
    order[shape.axis(a)] = shape.axis(b);
    order[shape.axis(b)] = shape.axis(a);
    return Movement.permute(this, Ints.of(order));
  }

  public Tensor moveAxis(int from, int to) {
    return Movement.moveAxis(this, shape.axis(from), shape.axis(to));
  }

  /** Stretched to a shape by numpy's rule: aligned at the end, sizes of 1 repeated. */
  public Tensor broadcastTo(Shape to) {
    return Movement.broadcast(this, to);
  }

  public Tensor broadcastTo(int... sizes) {
    return broadcastTo(Shape.of(sizes));
  }

  /**
   * Numpy's basic indexing, written as there: {@code x.at("1:3, ::2, -1")}, with negative steps,
   * {@code ...} and {@code None}. A number drops its axis.
   */
  public Tensor at(String indices) {
    return Movement.at(this, indices);
  }

  /** The i-th entry along axis 0; negative counts from the end. */
  public Tensor get(int i) {
    return Movement.select(this, 0, i);
  }

  /**
   * Elements {@code from} (inclusive) to {@code to} (exclusive) along an axis, by numpy's rules.
   */
  public Tensor slice(int axis, int from, int to) {
    return slice(axis, from, to, 1);
  }

  /**
   * Every {@code step}-th element from {@code from} to {@code to}; a negative step walks backwards.
   */
  public Tensor slice(int axis, int from, int to, int step) {
    return Movement.slice(this, shape.axis(axis), from, to, step);
  }

  public Tensor flip(int... axes) {
    return new Tensor(new Op.Flip(this, shape.axes(axes)));
  }

  /** {@code before} and {@code after} elements of a value added along one axis. */
  public Tensor pad(int axis, int before, int after, double value) {
    return Movement.pad(this, shape.axis(axis), before, after, value);
  }

  /** The whole repeated along each axis: numpy's tile. */
  public Tensor tile(int... times) {
    return Movement.tile(this, times);
  }

  /** Joined along an existing axis. */
  public static Tensor concat(int axis, List<? extends Tensor> parts) {
    return Movement.concat(axis, parts);
  }

  /** Joined along a new axis. */
  public static Tensor stack(int axis, List<? extends Tensor> parts) {
    List<Tensor> raised = new ArrayList<>();
    for (Tensor part : parts) {
      raised.add(part.unsqueeze(axis));
    }
    return concat(axis, raised);
  }

  // ---- indexing

  /**
   * The entries at the places of {@code index} along an axis: numpy's take; embedding rows with
   * axis 0.
   */
  public Tensor take(Tensor index, int axis) {
    return Indexing.take(this, index, axis);
  }

  /**
   * {@code out[i][j] = x[i][index[i][j]]} for the last axis, and so on: numpy's take_along_axis,
   * PyTorch's gather.
   */
  public Tensor takeAlong(Tensor index, int axis) {
    return Indexing.takeAlong(this, index, axis);
  }

  /**
   * This plus updates at the places of an index along an axis: PyTorch's scatter_add. Equal places
   * add up, in order.
   */
  public Tensor scatterAdd(int axis, Tensor index, Tensor updates) {
    return Indexing.scatterAdd(this, axis, index, updates);
  }

  /** 1 at each index's place along a new last axis, 0 elsewhere: (…) → f32 (…, classes). */
  public Tensor oneHot(int classes) {
    return unsqueeze(-1).eq(arange(classes)).cast(DType.F32);
  }

  // ---- contractions

  /**
   * The matrix product by numpy's rules: (…, m, k) × (…, k, n) → (…, m, n); vectors gain an axis
   * and lose it again.
   */
  public Tensor matmul(Tensor other) {
    return Contractions.matmul(this, other);
  }

  /** Einstein summation: {@code Tensor.einsum("bij,bjk->bik", a, b)}. */
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.of(equation, List.of(operands));
  }

  /**
   * Convolution: (N, Cin, space…) with weight (Cout, Cin / groups, kernel…) → (N, Cout, space…).
   */
  public Tensor conv(Tensor weight, ConvOptions options) {
    return Contractions.conv(this, weight, options);
  }

  /**
   * Transposed convolution: (N, Cin, space…) with weight (Cin, Cout / groups, kernel…) → (N, Cout,
   * space…).
   */
  public Tensor convTranspose(Tensor weight, ConvOptions options) {
    return Contractions.convTranspose(this, weight, options);
  }

  /** The greatest element of each window: (N, C, space…) → (N, C, windows…). */
  public Tensor maxPool(PoolOptions options) {
    return Pooling.max(this, options);
  }

  /** The mean of each window: (N, C, space…) → (N, C, windows…). */
  public Tensor avgPool(PoolOptions options) {
    return Pooling.avg(this, options);
  }

  /** Max pooling with windows chosen so that the space gets the given sizes. */
  public Tensor adaptiveMaxPool(int... sizes) {
    return Pooling.adaptiveMax(this, sizes);
  }

  /** Average pooling with windows chosen so that the space gets the given sizes. */
  public Tensor adaptiveAvgPool(int... sizes) {
    return Pooling.adaptiveAvg(this, sizes);
  }

  /** A {@link CustomOp} over some tensors. */
  public static Tensor custom(CustomOp op, Tensor... inputs) {
    List<Tensor> all = new ArrayList<>(Arrays.asList(inputs));
    all.add(op.definition(List.of(inputs)));
    return new Tensor(new Op.Custom(op, all));
  }

  // ---- reading: these compute

  private MemorySegment read(DType as) {
    Tensor value = new Step(List.of(cast(as)), List.of()).run().getFirst();
    return ((Op.Data) value.op).storage().segment();
  }

  /** The one element. */
  public double item() {
    if (shape.elements() != 1) {
      throw new ShapeException(
          "item: the shape "
              + shape
              + " has "
              + shape.elements()
              + " elements, not one; use toArray()");
    }
    return dtype == DType.I64 ? toLongArray()[0] : dtype.isFloat() ? toArray()[0] : toIntArray()[0];
  }

  /** All elements, row-major, as f32. */
  public float[] toArray() {
    return read(DType.F32).toArray(ValueLayout.JAVA_FLOAT);
  }

  /** All elements, row-major, as i32. */
  public int[] toIntArray() {
    return read(DType.I32).toArray(ValueLayout.JAVA_INT);
  }

  /** All elements, row-major, as i64. */
  public long[] toLongArray() {
    return read(DType.I64).toArray(ValueLayout.JAVA_LONG);
  }

  /** The values as numpy prints them; computes them. */
  @Override
  public String toString() {
    return Printing.of(this);
  }
}
