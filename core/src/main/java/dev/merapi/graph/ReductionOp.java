package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The ops along axes: reductions, which keep their axes with size 1, and what looks at an order.
 */
public sealed interface ReductionOp extends Op {

  /**
   * All elements along some axes made one. Without elements: 0, 1, and the least and the greatest
   * value of the dtype for SUM, PROD, MAX and MIN.
   */
  record Reduce(ReduceKind kind, Tensor x, Ints axes) implements ReductionOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Reduce(kind, inputs.get(0), axes);
    }

    @Override
    public Object attributes() {
      return List.of(kind, axes);
    }
  }

  /**
   * The i32 place of the greatest (or least) element along the last axis; the first of equals, a
   * NaN before all.
   */
  record ArgReduce(boolean greatest, Tensor x) implements ReductionOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new ArgReduce(greatest, inputs.get(0));
    }

    @Override
    public Object attributes() {
      return greatest;
    }
  }

  /** Running sums along the last axis. */
  record Cumsum(Tensor x) implements ReductionOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Cumsum(inputs.get(0));
    }
  }

  /**
   * The i32 places along the last axis in the order of their elements; stable; NaN counts as
   * greater than all.
   */
  record ArgSort(Tensor x, boolean descending) implements ReductionOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new ArgSort(inputs.get(0), descending);
    }

    @Override
    public Object attributes() {
      return descending;
    }
  }
}
