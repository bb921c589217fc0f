package dev.merapi.tensor;

import static dev.merapi.tensor.OpCase.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reductions, and the ops that work along one axis. */
final class ReductionOps {
  private ReductionOps() {}

  /** A reduction along the axes given, all of them when none is. */
  @FunctionalInterface
  private interface Reduction {
    Tensor apply(Tensor x, int... axes);
  }

  /** No two entries along the first axis are equal, even where the input repeats one. */
  private static Tensor uneven(Tensor x) {
    return x.add(Tensor.arange(x.shape().size(0)).reshape(-1, 1, 1).sin());
  }

  /** An op along one axis. */
  @FunctionalInterface
  private interface Along {
    Tensor apply(Tensor x, int axis);
  }

  static List<OpCase> all() {
    List<OpCase> ops = new ArrayList<>();
    ops.addAll(reduction("sum", Values.SIGNED, Tensor::sum));
    ops.addAll(reduction("sum: kept", Values.SIGNED, (x, axes) -> x.sum(true, axes)));
    ops.addAll(reduction("prod", Values.NEAR_ONE, Tensor::prod));
    ops.addAll(reduction("mean", Values.SIGNED, Tensor::mean));
    ops.addAll(reduction("mean: kept", Values.SIGNED, (x, axes) -> x.mean(true, axes)));
    ops.addAll(reduction("max", Values.DISTINCT, (x, axes) -> x.max(axes)));
    ops.addAll(reduction("max: kept", Values.DISTINCT, (x, axes) -> x.max(true, axes)));
    ops.addAll(reduction("min", Values.DISTINCT, (x, axes) -> x.min(axes)));
    ops.addAll(reduction("min: kept", Values.DISTINCT, (x, axes) -> x.min(true, axes)));
    ops.addAll(reduction("variance", Values.SIGNED, (x, axes) -> x.variance(1, false, axes)));
    ops.addAll(
        reduction("variance: of all", Values.SIGNED, (x, axes) -> x.variance(0, true, axes)));
    ops.addAll(reduction("std", Values.SIGNED, (x, axes) -> uneven(x).std(0, false, axes)));
    ops.addAll(reduction("logSumExp", Values.SIGNED, (x, axes) -> x.logSumExp(false, axes)));
    ops.addAll(reduction("logSumExp: kept", Values.SIGNED, (x, axes) -> x.logSumExp(true, axes)));
    ops.addAll(reduction("norm", Values.SIGNED, Tensor::norm));
    ops.addAll(reduction("all", Values.TRUTH, Tensor::all));
    ops.addAll(reduction("any", Values.TRUTH, Tensor::any));
    ops.addAll(along("softmax", Values.SIGNED, Tensor::softmax));
    ops.addAll(along("logSoftmax", Values.SIGNED, Tensor::logSoftmax));
    ops.addAll(along("cumsum", Values.SIGNED, Tensor::cumsum));
    for (boolean descending : new boolean[] {false, true}) {
      ops.addAll(
          ordered("sort: descending " + descending, 0, (x, axis) -> x.sort(axis, descending)));
    }
    ops.addAll(ordered("topk", 2, (x, axis) -> x.topk(2, axis)));
    ops.addAll(places("argmax", Tensor::argmax));
    ops.addAll(places("argmin", Tensor::argmin));
    return ops;
  }

  private static List<OpCase> reduction(String name, Values values, Reduction reduction) {
    int[][] choices = {{}, {0}, {1}, {-1}, {0, 2}, {1, 2}};
    String joint = name.contains(":") ? ", along " : ": along ";
    return Arrays.stream(choices)
        .map(
            axes ->
                op(name + joint + Arrays.toString(axes), "abc", x -> reduction.apply(x, axes))
                    .on(values))
        .toList();
  }

  private static List<OpCase> along(String name, Values values, Along call) {
    List<OpCase> ops = new ArrayList<>();
    for (int axis : new int[] {0, 1, -1}) {
      ops.add(op(name + ": along " + axis, "abc", x -> call.apply(x, axis)).on(values));
    }
    return ops;
  }

  /** A place needs an element, so the axis is the capital letter. */
  private static List<OpCase> places(String name, Along call) {
    return List.of(
        op(name + ": along 0", "Abc", x -> call.apply(x, 0)).on(Values.DISTINCT),
        op(name + ": along 1", "aBc", x -> call.apply(x, 1)).on(Values.DISTINCT),
        op(name + ": along -1", "abC", x -> call.apply(x, -1)).on(Values.DISTINCT),
        op(name + ": of equals", "abC", x -> call.apply(x, -1)).on(Values.TRUTH));
  }

  /** Orders along one axis. */
  @FunctionalInterface
  private interface Order {
    Sorted apply(Tensor x, int axis);
  }

  private static List<OpCase> ordered(String name, int least, Order order) {
    List<OpCase> ops = new ArrayList<>();
    String joint = name.contains(":") ? ", along " : ": along ";
    String[] shapes =
        least == 0 ? new String[] {"abc", "abc", "abc"} : new String[] {"Abc", "aBc", "abC"};
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      ops.add(
          OpCase.all(
                  name + joint + a,
                  shapes[a],
                  in -> {
                    Sorted sorted = order.apply(in.getFirst(), a);
                    return List.of(sorted.values(), sorted.indices());
                  })
              .on(Values.DISTINCT)
              .least(least));
    }
    ops.add(
        OpCase.all(
                name + joint + "-1, of equals",
                shapes[2],
                in -> List.of(order.apply(in.getFirst(), -1).indices()))
            .on(Values.TRUTH)
            .least(least));
    return ops;
  }
}
