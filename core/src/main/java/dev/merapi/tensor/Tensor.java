package dev.merapi.tensor;

import dev.merapi.graph.Ints;
import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.Storage;
import dev.merapi.graph.Typing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A multi-dimensional array that is not computed yet: an {@link Op} over other tensors, with a
 * shape and a dtype.
 *
 * <p>Tensors are immutable and lazy. Every method records an op and returns at once; shapes are
 * checked there. Values are computed when they are read ({@link #item()}, {@link #toArray()},
 * printing) or when a {@link Step} runs, by one compiled program for the whole graph. Shapes
 * broadcast as in numpy; negative axes count from the end; no axes named means all.
 */
public sealed class Tensor implements Elementwise, Reductions permits Parameter {
  private final Op op;
  private final Shape shape;
  private final DType dtype;
  private final int hash = ThreadLocalRandom.current().nextInt(); // spares the slow identity hash

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

  /** Two tensors are equal if they are the same object. */
  @Override
  public final boolean equals(Object other) {
    return this == other;
  }

  @Override
  public final int hashCode() {
    return hash;
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

  // ---- movement

  /** The same elements under another shape; one size may be -1 and is worked out. */
  public Tensor reshape(int... sizes) {
    return reshape(Movement.infer(shape, sizes));
  }

  public Tensor reshape(Shape to) {
    return to.equals(shape) ? this : new Tensor(new MovementOp.Reshape(this, to));
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

  /** The i-th entry along an axis, which goes; negative counts from the end. */
  public Tensor select(int axis, int i) {
    return Movement.select(this, shape.axis(axis), i);
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
    return new Tensor(new MovementOp.Flip(this, shape.axes(axes)));
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
    return Movement.stack(axis, parts);
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

  /**
   * Einstein summation: {@code Tensor.einsum("bij,bjk->bik", a, b)}; {@code ...} stands for axes
   * that broadcast.
   */
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
