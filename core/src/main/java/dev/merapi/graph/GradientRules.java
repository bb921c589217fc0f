package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Vector-Jacobian products: for {@code y = op(inputs)} and {@code dy}, one gradient an input. */
public final class GradientRules {
  /**
   * Stands for the gradient of an input that has none: an index, a condition, a step function's
   * argument.
   */
  public static final Tensor NONE = Tensor.constant(DType.BOOL, 0);

  private GradientRules() {}

  public static List<Tensor> of(Tensor y, Tensor dy) {
    return switch (y.op()) { // no default: the compiler is the checklist
      case Op.Constant _, Op.Data _, Op.Read _, Op.Input _, Op.Iota _ -> List.of();
      case Op.Random _ -> List.of(NONE);
      case Op.Unary(var kind, var x) -> List.of(unary(kind, x, y, dy));
      case Op.Binary(var kind, var a, var b) -> binary(kind, a, b, y, dy);
      case Op.Where(var condition, _, _) ->
          List.of(NONE, condition.where(dy, 0), condition.where(0, dy));
      case Op.Cast(var x, _) -> List.of(dy.cast(x.dtype()));
      case Op.Detach _ -> List.of(NONE);
      case Op.Again _ -> List.of(dy, NONE);
      case Op.Recomputed recomputed -> Recomputation.gradient(recomputed, dy);
      case MovementOp.Reshape(var x, _) -> List.of(dy.reshape(x.shape()));
      case MovementOp.Permute(_, var axes) -> List.of(dy.permute(inverse(axes)));
      case MovementOp.Broadcast(var x, var shape) ->
          List.of(dy.sum(true, stretched(x.shape(), shape)));
      case MovementOp.Slice slice -> List.of(unslice(slice, dy));
      case MovementOp.Flip(_, var axes) -> List.of(new Tensor(new MovementOp.Flip(dy, axes)));
      case MovementOp.Pad(var x, var before, _, var interior, _) ->
          List.of(unpad(x.shape(), before, interior, dy));
      case MovementOp.Concat(var inputs, int axis) -> split(inputs, axis, dy);
      case ReductionOp.Reduce(var kind, var x, var axes) -> List.of(reduce(kind, x, axes, y, dy));
      case ReductionOp.ArgReduce _, ReductionOp.ArgSort _, ContractionOp.ArgPool _ -> List.of(NONE);
      case ReductionOp.Cumsum _ -> List.of(dy.flip(-1).cumsum(-1).flip(-1));
      case Op.Gather(var x, var index) -> List.of(scattered(index, dy, x.shape().size(1)), NONE);
      case Op.ScatterAdd(var index, _, _) -> List.of(NONE, new Tensor(new Op.Gather(dy, index)));
      case ContractionOp.MatMul(var a, var b) -> List.of(dy.matmul(b.mT()), a.mT().matmul(dy));
      case ContractionOp.Conv(var x, var w, var g) ->
          List.of(convInput(dy, w, g, x.shape()), convWeight(x, dy, g, w.shape()));
      case ContractionOp.ConvInput(var d, var w, var g, _) ->
          List.of(conv(dy, w, g), convWeight(dy, d, g, w.shape()));
      case ContractionOp.ConvWeight(var x, var d, var g, _) ->
          List.of(convInput(d, dy, g, x.shape()), conv(x, dy, g));
      case Op.Custom custom -> {
        List<Tensor> all = new ArrayList<>(custom.op().gradient(custom.arguments(), y, dy));
        all.add(NONE); // the definition stands for the op, not beside it
        yield all;
      }
      case Op.Fused(var op, var inputs) -> op.gradient(inputs, y, dy);
    };
  }

  private static Tensor unary(UnaryKind kind, Tensor x, Tensor y, Tensor dy) {
    return switch (kind) {
      case NEG -> dy.neg();
      case ABS -> dy.mul(x.sign());
      case SIGN, FLOOR, CEIL, ROUND, NOT -> NONE;
      case RECIPROCAL -> dy.mul(y).mul(y).neg();
      case EXP -> dy.mul(y);
      case EXPM1 -> dy.mul(y.add(1));
      case LOG -> dy.div(x);
      case LOG1P -> dy.div(x.add(1));
      case SQRT -> dy.mul(0.5).div(y);
      case RSQRT -> dy.mul(y).mul(y).mul(y).mul(-0.5);
      case SIN -> dy.mul(x.cos());
      case COS -> dy.mul(x.sin()).neg();
      case TANH -> dy.mul(y.mul(y).neg().add(1));
      case ERF -> dy.mul(x.mul(x).neg().exp()).mul(2 / Math.sqrt(Math.PI));
      case SIGMOID -> dy.mul(y).mul(y.neg().add(1));
      case RELU -> y.gt(0).where(dy, 0);
    };
  }

  private static List<Tensor> binary(BinaryKind kind, Tensor a, Tensor b, Tensor y, Tensor dy) {
    return switch (kind) {
      case ADD -> List.of(dy, dy);
      case SUB -> List.of(dy, dy.neg());
      case MUL -> List.of(dy.mul(b), dy.mul(a));
      case DIV -> List.of(dy.div(b), dy.mul(y).div(b).neg());
      case REM -> List.of(dy, dy.mul(a.div(b).floor()).neg());
      case POW ->
          List.of(
              b.eq(0).where(0, dy.mul(b).mul(a.pow(b.sub(1)))),
              a.eq(0).where(0, dy.mul(y).mul(a.log())));
      case MAX -> List.of(chosen(a, b, dy), chosen(b, a, dy));
      case MIN -> List.of(chosen(b, a, dy), chosen(a, b, dy));
      case EQ, NE, LT, LE, AND, OR, XOR -> List.of(NONE, NONE);
    };
  }

  /** dy where a is the greater, half of it where both are equal, as PyTorch has it. */
  private static Tensor chosen(Tensor a, Tensor b, Tensor dy) {
    return b.lt(a).where(dy, a.eq(b).where(dy.mul(0.5), 0));
  }

  private static Tensor reduce(ReduceKind kind, Tensor x, Ints axes, Tensor y, Tensor dy) {
    int[] along = axes.toArray();
    return switch (kind) {
      case SUM -> dy.broadcastTo(x.shape());
      case MAX, MIN -> {
        Tensor winners = x.eq(y);
        Tensor share = dy.div(winners.cast(DType.F32).sum(true, along));
        yield winners.where(share.broadcastTo(x.shape()), 0);
      }
      case PROD -> { // the product of all others: by division, unless zeros are among them
        Tensor zero = x.eq(0);
        Tensor zeros = zero.cast(DType.F32).sum(true, along);
        Tensor others = new Tensor(new ReductionOp.Reduce(ReduceKind.PROD, zero.where(1, x), axes));
        Tensor rest =
            zeros.eq(0).where(y.div(zero.where(1, x)), zero.and(zeros.eq(1)).where(others, 0));
        yield dy.mul(rest);
      }
    };
  }

  private static Tensor conv(Tensor x, Tensor w, ConvGeometry geometry) {
    return new Tensor(new ContractionOp.Conv(x, w, geometry));
  }

  private static Tensor convInput(Tensor dy, Tensor w, ConvGeometry geometry, Shape shape) {
    return new Tensor(new ContractionOp.ConvInput(dy, w, geometry, shape));
  }

  private static Tensor convWeight(Tensor x, Tensor dy, ConvGeometry geometry, Shape shape) {
    return new Tensor(new ContractionOp.ConvWeight(x, dy, geometry, shape));
  }

  /** Sums are taken in the compute type. */
  private static Tensor scattered(Tensor index, Tensor dy, int rows) {
    return new Tensor(new Op.ScatterAdd(index, dy.cast(dy.dtype().computed()), rows));
  }

  private static int[] inverse(Ints axes) {
    int[] inverse = new int[axes.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[axes.get(i)] = i;
    }
    return inverse;
  }

  private static int[] stretched(Shape from, Shape to) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < from.rank(); i++) {
      if (from.size(i) != to.size(i)) {
        axes.add(i);
      }
    }
    return axes.stream().mapToInt(i -> i).toArray();
  }

  /** dy back in its places among zeros. */
  private static Tensor unslice(MovementOp.Slice slice, Tensor dy) {
    Shape x = slice.x().shape();
    int[] after = new int[x.rank()];
    int[] interior = new int[x.rank()];
    for (int i = 0; i < after.length; i++) {
      int size = slice.shape().size(i);
      interior[i] = slice.steps().get(i) - 1;
      after[i] = x.size(i) - slice.starts().get(i) - size - Math.max(size - 1, 0) * interior[i];
    }
    return new Tensor(new MovementOp.Pad(dy, slice.starts(), Ints.of(after), Ints.of(interior), 0));
  }

  private static Tensor unpad(Shape x, Ints before, Ints interior, Tensor dy) {
    int[] steps = new int[x.rank()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = interior.get(i) + 1;
    }
    return new Tensor(new MovementOp.Slice(dy, before, Ints.of(steps), x));
  }

  private static List<Tensor> split(List<Tensor> inputs, int axis, Tensor dy) {
    List<Tensor> parts = new ArrayList<>();
    int from = 0;
    for (Tensor input : inputs) {
      int size = input.shape().size(axis);
      parts.add(dy.slice(axis, from, from + size));
      from += size;
    }
    return parts;
  }
}
