package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** The dtype and shape of every op, checked as its tensor is built. */
public final class Typing {
  private Typing() {}

  public static DType dtype(Op op) {
    return switch (op) {
      case Op.Constant(var dtype, double value) -> holding("constant", dtype, value);
      case Op.Data(var storage, _) -> storage.dtype();
      case Op.Read(var parameter) -> parameter.dtype();
      case Op.Input(_, var dtype, _) -> dtype;
      case Op.Iota _ -> DType.I32;
      case Op.Random _ -> DType.F32;
      case Op.Unary(var kind, var x) -> unary(kind, x);
      case Op.Binary(var kind, var a, var b) -> binary(kind, a, b);
      case Op.Where(_, var a, var b) -> same("where", a, b);
      case Op.Cast(_, var dtype) -> dtype;
      case Op.Detach(var x) -> x.dtype();
      case Op.Again(var x, _) -> x.dtype();
      case Op.Recomputed recomputed -> recomputed.value().dtype();
      case MovementOp.Reshape(var x, _) -> x.dtype();
      case MovementOp.Permute(var x, _) -> x.dtype();
      case MovementOp.Broadcast(var x, _) -> x.dtype();
      case MovementOp.Slice(var x, _, _, _) -> x.dtype();
      case MovementOp.Flip(var x, _) -> x.dtype();
      case MovementOp.Pad(var x, _, _, _, double value) -> holding("pad", x.dtype(), value);
      case MovementOp.Concat(var inputs, _) ->
          inputs.stream()
              .reduce(
                  (a, b) -> {
                    same("concat", a, b);
                    return a;
                  })
              .orElseThrow()
              .dtype();
      case ReductionOp.Reduce(_, var x, _) -> arithmetic("reduce", x);
      case ReductionOp.ArgReduce _, ReductionOp.ArgSort _, ContractionOp.ArgPool _ -> DType.I32;
      case ReductionOp.Cumsum(var x) -> arithmetic("cumsum", x);
      case Op.Gather(var x, _) -> x.dtype();
      case Op.ScatterAdd(_, var updates, _) -> arithmetic("scatterAdd", updates);
      case ContractionOp.MatMul(var a, var b) -> product(a, b);
      case ContractionOp.Conv(var x, var w, _) -> floats("conv", x, w);
      case ContractionOp.ConvInput(var dy, var w, _, _) -> floats("conv", dy, w);
      case ContractionOp.ConvWeight(var x, var dy, _, _) -> floats("conv", x, dy);
      case Op.Custom custom -> custom.definition().dtype();
      case Op.Fused _ -> DType.F32;
    };
  }

  public static Shape shape(Op op) {
    return switch (op) {
      case Op.Constant _ -> Shape.of();
      case Op.Data(_, var shape) -> shape;
      case Op.Read(var parameter) -> parameter.shape();
      case Op.Input(_, _, var shape) -> shape;
      case Op.Iota(int size) -> Shape.of(size);
      case Op.Random(_, var key, var shape) -> {
        require(
            key.dtype() == DType.I64 && key.shape().elements() == 1,
            "random: the key must be one i64",
            key);
        yield shape;
      }
      case Op.Unary(_, var x) -> x.shape();
      case Op.Binary(var kind, var a, var b) ->
          equal(kind.name().toLowerCase(java.util.Locale.ROOT), a, b);
      case Op.Where(var condition, var a, var b) -> {
        require(condition.dtype() == DType.BOOL, "where: the condition must be bool", condition);
        equal("where", condition, a);
        yield equal("where", a, b);
      }
      case Op.Cast(var x, _) -> x.shape();
      case Op.Detach(var x) -> x.shape();
      case Op.Again(var x, _) -> x.shape();
      case Op.Recomputed recomputed -> recomputed.value().shape();
      case MovementOp.Reshape(var x, var shape) -> {
        if (shape.elements() != x.shape().elements()) {
          throw new ShapeException(
              "reshape: %s has %d elements, but %s would have %d"
                  .formatted(x.shape(), x.shape().elements(), shape, shape.elements()));
        }
        yield shape;
      }
      case MovementOp.Permute(var x, var axes) -> permute(x.shape(), axes);
      case MovementOp.Broadcast(var x, var shape) -> broadcast(x.shape(), shape);
      case MovementOp.Slice slice -> slice(slice);
      case MovementOp.Flip(var x, _) -> x.shape();
      case MovementOp.Pad pad -> pad(pad);
      case MovementOp.Concat concat -> concat(concat);
      case ReductionOp.Reduce(_, var x, var axes) -> reduce(x.shape(), axes);
      case ReductionOp.ArgReduce(_, var x) -> {
        require(
            x.shape().rank() > 0 && x.shape().size(-1) > 0,
            "argmax: there is no element to choose",
            x);
        yield x.shape().with(-1, 1);
      }
      case ReductionOp.Cumsum(var x) -> x.shape();
      case ReductionOp.ArgSort(var x, _) -> x.shape();
      case Op.Gather(var x, var index) -> {
        indices("gather", x, index, x.shape().size(1));
        yield Shape.of(x.shape().size(0), index.shape().size(1), x.shape().size(2));
      }
      case Op.ScatterAdd(var index, var updates, int rows) -> {
        indices("scatterAdd", updates, index, rows);
        require(
            updates.shape().size(1) == index.shape().size(1),
            "scatterAdd: one update an index",
            updates,
            index);
        yield updates.shape().with(1, rows);
      }
      case ContractionOp.MatMul(var a, var b) -> matmul(a.shape(), b.shape());
      case ContractionOp.Conv(var x, var w, var geometry) -> geometry.output(x.shape(), w.shape());
      case ContractionOp.ConvInput(var dy, var w, var geometry, var shape) -> {
        convolves(geometry, shape, w.shape(), dy.shape());
        yield shape;
      }
      case ContractionOp.ConvWeight(var x, var dy, var geometry, var shape) -> {
        convolves(geometry, x.shape(), shape, dy.shape());
        yield shape;
      }
      case ContractionOp.ArgPool(var x, var windows) -> {
        require(
            x.shape().rank() == windows.size() + 1, "maxPool: one window an axis of the space", x);
        int[] sizes = new int[windows.size() + 1];
        sizes[0] = x.shape().size(0);
        for (int i = 0; i < windows.size(); i++) {
          sizes[i + 1] = windows.get(i).count();
        }
        yield Shape.of(sizes);
      }
      case Op.Custom custom -> custom.definition().shape();
      case Op.Fused(var fused, var inputs) ->
          fused.shape(inputs.stream().map(Tensor::shape).toList());
    };
  }

  private static DType unary(UnaryKind kind, Tensor x) {
    return switch (kind) {
      case NEG, ABS, SIGN -> arithmetic(kind.name(), x);
      case NOT -> {
        require(x.dtype() == DType.BOOL, "not: takes bool", x);
        yield DType.BOOL;
      }
      case RECIPROCAL,
          EXP,
          EXPM1,
          LOG,
          LOG1P,
          SQRT,
          RSQRT,
          SIN,
          COS,
          TANH,
          ERF,
          SIGMOID,
          RELU,
          FLOOR,
          CEIL,
          ROUND -> {
        require(x.dtype() == DType.F32, kind + ": takes f32", x);
        yield DType.F32;
      }
    };
  }

  private static DType binary(BinaryKind kind, Tensor a, Tensor b) {
    DType dtype = same(kind.name(), a, b);
    return switch (kind) {
      case ADD, SUB, MUL, DIV, REM, POW, MAX, MIN -> arithmetic(kind.name(), a);
      case EQ, NE -> DType.BOOL;
      case LT, LE -> {
        arithmetic(kind.name(), a);
        yield DType.BOOL;
      }
      case AND, OR, XOR -> {
        require(dtype == DType.BOOL, kind + ": takes bool", a);
        yield DType.BOOL;
      }
    };
  }

  /** The dtype, if a number is one of its own; floats may round it. */
  private static DType holding(String op, DType dtype, double value) {
    boolean holds =
        switch (dtype) {
          case F32, BF16, F16 -> true;
          case BOOL, U8, I8, I32, I64 ->
              value == Math.rint(value) && value >= dtype.least() && value <= dtype.greatest();
        };
    if (!holds) {
      throw new ShapeException(
          "%s: %s is not a number of dtype %s; cast the tensor, or take another number"
              .formatted(op, value, dtype));
    }
    return dtype;
  }

  private static Shape permute(Shape x, Ints axes) {
    int[] sizes = new int[x.rank()];
    boolean[] seen = new boolean[x.rank()];
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      if (axes.size() != x.rank() || axis < 0 || axis >= x.rank() || seen[axis]) {
        throw new ShapeException("permute: " + axes + " does not name each axis of " + x + " once");
      }
      seen[axis] = true;
      sizes[i] = x.size(axis);
    }
    if (axes.size() != x.rank()) {
      throw new ShapeException("permute: " + axes + " does not name each axis of " + x + " once");
    }
    return Shape.of(sizes);
  }

  private static Shape broadcast(Shape x, Shape shape) {
    boolean fits = x.rank() == shape.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = x.size(i) == shape.size(i) || x.size(i) == 1;
    }
    if (!fits) {
      throw new ShapeException(
          "broadcast: " + x + " does not stretch to " + shape + ": only axes of size 1 do");
    }
    return shape;
  }

  private static Shape slice(MovementOp.Slice op) {
    Shape x = op.x().shape();
    for (int i = 0; i < x.rank(); i++) {
      int size = op.shape().size(i);
      long last = op.starts().get(i) + (long) (size - 1) * op.steps().get(i);
      if (op.steps().get(i) < 1 || op.starts().get(i) < 0 || (size > 0 && last >= x.size(i))) {
        throw new ShapeException(
            "slice: start %d, step %d, size %d do not lie within axis %d of %s"
                .formatted(op.starts().get(i), op.steps().get(i), size, i, x));
      }
    }
    return op.shape();
  }

  private static Shape pad(MovementOp.Pad op) {
    Shape x = op.x().shape();
    int[] sizes = x.toArray();
    for (int i = 0; i < sizes.length; i++) {
      if (op.before().get(i) < 0 || op.after().get(i) < 0 || op.interior().get(i) < 0) {
        throw new ShapeException(
            "pad: amounts cannot be negative: "
                + op.attributes()
                + " for "
                + x
                + "; slice instead");
      }
      sizes[i] +=
          op.before().get(i) + op.after().get(i) + Math.max(sizes[i] - 1, 0) * op.interior().get(i);
    }
    return Shape.of(sizes);
  }

  private static Shape concat(MovementOp.Concat op) {
    Shape first = op.inputs().getFirst().shape();
    int total = 0;
    for (Tensor x : op.inputs()) {
      if (x.shape().rank() != first.rank()
          || !x.shape().with(op.axis(), 0).equals(first.with(op.axis(), 0))) {
        throw new ShapeException(
            "concat: shapes may differ along axis "
                + op.axis()
                + " only: "
                + first
                + " and "
                + x.shape());
      }
      total = Math.addExact(total, x.shape().size(op.axis()));
    }
    return first.with(op.axis(), total);
  }

  private static Shape reduce(Shape x, Ints axes) {
    int[] sizes = x.toArray();
    for (int i = 0; i < axes.size(); i++) {
      sizes[axes.get(i)] = 1;
    }
    return Shape.of(sizes);
  }

  private static Shape matmul(Shape a, Shape b) {
    int rank = a.rank();
    boolean fits =
        rank >= 2
            && b.rank() == rank
            && a.slice(0, rank - 2).equals(b.slice(0, rank - 2))
            && a.size(-1) == b.size(-2);
    if (!fits) {
      throw new ShapeException("matmul: " + a + " × " + b + " is not (…, m, k) × (…, k, n)");
    }
    return a.with(-1, b.size(-1));
  }

  private static void convolves(ConvGeometry geometry, Shape x, Shape w, Shape dy) {
    if (!geometry.output(x, w).equals(dy)) {
      throw new ShapeException(
          "conv: " + x + " with weight " + w + " gives " + geometry.output(x, w) + ", not " + dy);
    }
  }

  private static void indices(String op, Tensor x, Tensor index, int rows) {
    require(
        index.dtype() == DType.I32
            && index.shape().rank() == 2
            && x.shape().rank() == 3
            && index.shape().size(0) == x.shape().size(0),
        op + ": needs (B, N, R) and an i32 index (B, I)",
        x,
        index);
    require(
        rows > 0 || index.shape().elements() == 0,
        op + ": an axis of size 0 has no place that the index could name",
        x,
        index);
  }

  private static DType same(String op, Tensor a, Tensor b) {
    require(a.dtype() == b.dtype(), op + ": dtypes differ; cast one of them", a, b);
    return a.dtype();
  }

  private static Shape equal(String op, Tensor a, Tensor b) {
    require(a.shape().equals(b.shape()), op + ": shapes differ", a, b);
    return a.shape();
  }

  private static DType arithmetic(String op, Tensor x) {
    require(
        x.dtype() == DType.F32 || x.dtype() == DType.I32 || x.dtype() == DType.I64,
        op + ": takes f32, i32 or i64; cast first",
        x);
    return x.dtype();
  }

  private static DType product(Tensor a, Tensor b) {
    boolean fits = List.of(DType.F32, DType.BF16).containsAll(List.of(a.dtype(), b.dtype()));
    require(fits, "matmul: takes f32 and bf16, and gives f32; cast first", a, b);
    return DType.F32;
  }

  private static DType floats(String op, Tensor a, Tensor b) {
    boolean fits = a.dtype() == b.dtype() && (a.dtype() == DType.F32 || a.dtype() == DType.BF16);
    require(fits, op + ": takes f32, or bf16 and gives f32; cast first", a, b);
    return DType.F32;
  }

  private static void require(boolean holds, String rule, Tensor... tensors) {
    if (!holds) {
      var text = new StringBuilder(rule).append(':');
      for (Tensor tensor : tensors) {
        text.append(' ').append(tensor.dtype()).append(tensor.shape());
      }
      throw new ShapeException(text.toString());
    }
  }
}
