package dev.merapi.reference;

import dev.merapi.graph.ContractionOp;
import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReductionOp;
import dev.merapi.graph.Storage;
import dev.merapi.graph.Walk;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A scalar interpreter of every op in double precision: slow, plain, and what every kernel is held
 * against. It follows the definitions in {@link Op} and shares no code with the backends. Integers
 * are exact up to 2⁵³.
 */
public final class Reference {
  private final Map<Tensor, double[]> values = new HashMap<>();

  private Reference() {}

  /** All elements of a tensor, row-major. */
  public static double[] evaluate(Tensor x) {
    return evaluate(List.of(x)).getFirst();
  }

  /** The elements of several tensors; what they share is computed once. */
  public static List<double[]> evaluate(List<? extends Tensor> tensors) {
    return new Reference().run(tensors);
  }

  /** Central differences of a scalar for each element of x: (f(x + h) - f(x - h)) / 2h. */
  public static double[] differences(Tensor loss, Tensor x, double h) {
    double[] at = evaluate(x);
    double[] result = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      result[i] = (moved(loss, x, at, i, h) - moved(loss, x, at, i, -h)) / (2 * h);
    }
    return result;
  }

  private static double moved(Tensor loss, Tensor x, double[] at, int i, double h) {
    var run = new Reference();
    double[] shifted = at.clone();
    shifted[i] += h;
    run.values.put(x, shifted);
    return run.run(List.of(loss)).getFirst()[0];
  }

  private List<double[]> run(List<? extends Tensor> tensors) {
    for (Tensor node : Walk.inOrder(tensors)) {
      if (!values.containsKey(node)) {
        values.put(node, compute(node));
      }
    }
    return tensors.stream().map(values::get).toList();
  }

  private double[] value(Tensor x) {
    return values.get(x);
  }

  private double[] compute(Tensor y) {
    Shape shape = y.shape();
    int n = Math.toIntExact(shape.elements());
    return switch (y.op()) {
      case Op.Constant(_, double value) -> new double[] {value};
      case Op.Data(var storage, _) -> read(storage);
      case Op.Read(Parameter parameter) -> read(parameter.storage());
      case Op.Input input ->
          throw new IllegalStateException("an input of a program has no value here: " + input);
      case Op.Iota _ -> fill(n, i -> i);
      case Op.Random(var distribution, var key, _) ->
          RandomReference.draw(distribution, key(key), n);
      case Op.Unary(var kind, var x) -> {
        double[] a = value(x);
        yield fill(n, i -> Scalars.unary(kind, a[i]));
      }
      case Op.Binary(var kind, var p, var q) -> {
        double[] a = value(p);
        double[] b = value(q);
        boolean whole = p.dtype().isInteger();
        yield fill(n, i -> Scalars.binary(kind, whole, a[i], b[i]));
      }
      case Op.Where(var condition, var p, var q) -> {
        double[] c = value(condition);
        double[] a = value(p);
        double[] b = value(q);
        yield fill(n, i -> c[i] != 0 ? a[i] : b[i]);
      }
      case Op.Cast(var x, var dtype) -> {
        double[] a = value(x);
        yield fill(n, i -> Scalars.cast(a[i], x.dtype(), dtype));
      }
      case Op.Detach(var x) -> value(x);
      case Op.Again(var x, _) -> value(x);
      case Op.Recomputed recomputed -> value(recomputed.value());
      case MovementOp.Reshape(var x, _) -> value(x);
      case MovementOp.Permute _, MovementOp.Broadcast _, MovementOp.Slice _, MovementOp.Flip _ ->
          moved(y, n);
      case MovementOp.Pad pad -> MovementReference.pad(pad, value(pad.x()), shape);
      case MovementOp.Concat concat ->
          MovementReference.concat(
              concat, concat.inputs().stream().map(this::value).toList(), shape);
      case ReductionOp.Reduce(var kind, var x, _) ->
          MovementReference.reduce(kind, x.dtype(), value(x), x.shape(), shape);
      case ReductionOp.ArgReduce(boolean greatest, var x) ->
          RowReference.argReduce(greatest, value(x), x.shape().size(-1));
      case ReductionOp.Cumsum(var x) -> RowReference.cumsum(value(x), x.shape().size(-1));
      case ReductionOp.ArgSort(var x, boolean descending) ->
          RowReference.argSort(value(x), x.shape().size(-1), descending);
      case Op.Gather(var x, var index) ->
          RowReference.gather(value(x), x.shape(), value(index), shape);
      case Op.ScatterAdd(var index, var updates, _) ->
          RowReference.scatterAdd(value(index), value(updates), updates.shape(), shape);
      case ContractionOp.MatMul(var a, var b) ->
          ContractionReference.matmul(value(a), a.shape(), value(b), b.shape());
      case ContractionOp.Conv(var x, var w, var g) -> {
        double[] out = new double[n];
        ContractionReference.conv(
            g,
            x.shape().toArray(),
            value(x),
            w.shape().toArray(),
            value(w),
            shape.toArray(),
            out,
            ContractionReference.Role.OUTPUT);
        yield out;
      }
      case ContractionOp.ConvInput(var dy, var w, var g, _) -> {
        double[] out = new double[n];
        ContractionReference.conv(
            g,
            shape.toArray(),
            out,
            w.shape().toArray(),
            value(w),
            dy.shape().toArray(),
            value(dy),
            ContractionReference.Role.INPUT);
        yield out;
      }
      case ContractionOp.ConvWeight(var x, var dy, var g, _) -> {
        double[] out = new double[n];
        ContractionReference.conv(
            g,
            x.shape().toArray(),
            value(x),
            shape.toArray(),
            out,
            dy.shape().toArray(),
            value(dy),
            ContractionReference.Role.WEIGHT);
        yield out;
      }
      case ContractionOp.ArgPool(var x, var windows) ->
          RowReference.argPool(value(x), x.shape(), windows, shape);
      case Op.Custom custom -> value(custom.definition());
      case Op.Fused(var op, var inputs) -> run(List.of(op.definition(inputs))).getFirst();
    };
  }

  /** Ops whose every element is one element of x. */
  private double[] moved(Tensor y, int n) {
    Tensor x = y.op().inputs().getFirst();
    double[] a = value(x);
    int[] from = x.shape().toArray();
    int[] to = y.shape().toArray();
    int[] place = new int[to.length];
    return fill(
        n,
        i -> {
          MovementReference.unravel(i, to, place);
          return a[MovementReference.source(y.op(), from, place)];
        });
  }

  private long key(Tensor key) {
    return switch (key.op()) {
      case Op.Data(var storage, _) -> storage.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      case Op.Read(Parameter parameter) ->
          parameter.storage().segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      default -> (long) value(key)[0];
    };
  }

  static double[] fill(int n, java.util.function.IntToDoubleFunction element) {
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      result[i] = element.applyAsDouble(i);
    }
    return result;
  }

  /** The elements of host memory as doubles. */
  public static double[] read(Storage storage) {
    MemorySegment s = storage.segment();
    int n = Math.toIntExact(storage.elements());
    return switch (storage.dtype()) {
      case F32 -> fill(n, i -> s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i));
      case BF16 ->
          fill(n, i -> Float.intBitsToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i) << 16));
      case F16 ->
          fill(n, i -> Float.float16ToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i)));
      case I32 -> fill(n, i -> s.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i));
      case I64 -> fill(n, i -> s.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i));
      case U8, BOOL -> fill(n, i -> s.get(ValueLayout.JAVA_BYTE, i) & 0xFF);
      case I8 -> fill(n, i -> s.get(ValueLayout.JAVA_BYTE, i));
    };
  }

  /** Doubles as host memory of a dtype. */
  public static Storage write(double[] values, DType dtype) {
    Storage storage = Storage.allocate(dtype, values.length);
    MemorySegment s = storage.segment();
    for (int i = 0; i < values.length; i++) {
      double v = values[i];
      switch (dtype) {
        case F32 -> s.set(ValueLayout.JAVA_FLOAT, 4L * i, (float) v);
        case BF16 ->
            s.set(ValueLayout.JAVA_SHORT, 2L * i, (short) (Scalars.bf16Bits((float) v) >>> 16));
        case F16 -> s.set(ValueLayout.JAVA_SHORT, 2L * i, Float.floatToFloat16((float) v));
        case I32 -> s.set(ValueLayout.JAVA_INT, 4L * i, (int) v);
        case I64 -> s.set(ValueLayout.JAVA_LONG, 8L * i, (long) v);
        case U8, I8, BOOL -> s.set(ValueLayout.JAVA_BYTE, i, (byte) (int) v);
      }
    }
    return storage;
  }
}
