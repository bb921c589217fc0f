package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph that kernels can be cut from: every tensor is seen as a strided look at a node that has
 * elements of its own, and a copy ({@link Op.Detach}) stands wherever no strides would do: before a
 * reshape of a transposed tensor, before a kernel that wants its input in order, and at roots that
 * are no kernel's output.
 */
final class Legal {
  private final Map<Tensor, Tensor> legal = new HashMap<>();
  private final Map<Tensor, Tensor> copies = new HashMap<>();
  private final Map<Tensor, Strided> views = new HashMap<>();

  /** The roots of the legal graph. */
  final List<Tensor> roots = new ArrayList<>();

  Legal(List<Tensor> graph) {
    for (Tensor node : Walk.inOrder(graph)) {
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; i < node.op().inputs().size(); i++) {
        inputs.add(input(node.op(), legal.get(node.op().inputs().get(i))));
      }
      Op op = inputs.isEmpty() ? node.op() : node.op().with(inputs);
      Tensor y = inputs.equals(node.op().inputs()) ? node : new Tensor(op);
      legal.put(node, y);
      views.put(y, view(y));
    }
    for (Tensor root : graph) {
      Tensor y = legal.get(root);
      roots.add(isKernel(y.op()) ? y : copy(y));
    }
  }

  /** How a tensor of the legal graph is read. */
  Strided view(Tensor y) {
    Strided known = views.get(y);
    if (known != null) {
      return known;
    }
    return isMovement(y.op())
        ? views.get(y.op().inputs().getFirst()).through(y.op(), y.shape()).orElseThrow()
        : Strided.whole(y);
  }

  /** Ops that only look at their input. */
  static boolean isMovement(Op op) {
    return op instanceof MovementOp.Reshape
        || op instanceof MovementOp.Permute
        || op instanceof MovementOp.Broadcast
        || op instanceof MovementOp.Slice
        || op instanceof Op.Again
        || op instanceof MovementOp.Flip;
  }

  /** Ops whose elements a kernel writes. */
  static boolean isKernel(Op op) {
    return !isMovement(op) && !(op instanceof Op.Input) && !(op instanceof Op.Constant);
  }

  private Tensor input(Op user, Tensor x) {
    Strided view = views.get(x);
    boolean fits =
        switch (user) {
          case MovementOp.Reshape(_, var shape) -> view.through(user, shape).isPresent();
          case ReductionOp.Reduce(_, _, var axes) -> rows(view, axes);
          case ContractionOp.MatMul _ -> !(view.base().op() instanceof Op.Constant);
          case Op.Gather _,
              Op.ScatterAdd _,
              Op.Random _,
              ReductionOp.ArgReduce _,
              ReductionOp.Cumsum _,
              ReductionOp.ArgSort _,
              ContractionOp.ArgPool _ ->
              inOrder(view);
          case ContractionOp.Conv _, ContractionOp.ConvInput _, ContractionOp.ConvWeight _ ->
              inOrder(view);
          case Op.Fused _ -> alongRows(view);
          case Op.Constant _, Op.Data _, Op.Read _, Op.Input _, Op.Iota _ -> true;
          case Op.Unary _, Op.Binary _, Op.Where _, Op.Cast _, Op.Detach _ -> true;
          case MovementOp.Permute _,
              MovementOp.Broadcast _,
              MovementOp.Slice _,
              MovementOp.Flip _,
              MovementOp.Pad _,
              MovementOp.Concat _ ->
              true;
          case Op.Again _ -> true;
          case Op.Recomputed _ -> throw new IllegalStateException("not simplified away: " + user);
          case Op.Custom custom ->
              throw new IllegalStateException("not simplified away: " + custom);
        };
    return fits ? x : copy(x);
  }

  /** Whether the last axis is neighbours in memory, wherever its rows lie. */
  private static boolean alongRows(Strided view) {
    int last = view.shape().rank() - 1;
    return !(view.base().op() instanceof Op.Constant)
        && (view.shape().size(last) == 1 || view.strides().get(last) == 1);
  }

  private static boolean inOrder(Strided view) {
    return view.inOrder() && !(view.base().op() instanceof Op.Constant);
  }

  /** Whether the reduced axes, and those behind them, are each one run. */
  private static boolean rows(Strided view, Ints axes) {
    int rank = view.shape().rank();
    int first = axes.get(0);
    int last = axes.get(axes.size() - 1);
    long behind = view.shape().slice(last + 1, rank).elements();
    long reduced = view.shape().slice(first, rank).elements();
    return Walked.oneRun(view, behind) && (behind > 1 || Walked.oneRun(view, reduced));
  }

  private Tensor copy(Tensor x) {
    return copies.computeIfAbsent(
        x,
        source -> {
          Tensor y = new Tensor(new Op.Detach(source));
          views.put(y, Strided.whole(y));
          return y;
        });
  }
}
