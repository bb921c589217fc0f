package dev.merapi.tensor;

import dev.merapi.graph.Ints;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.ReductionOp;

/**
 * A tensor's sums, means, extrema and orders along axes. Negative axes count from the end; no axes
 * named means all; {@code keepDim} keeps the reduced axes with size 1.
 */
public sealed interface Reductions extends Elementwise permits Tensor {

  private Tensor self() {
    return (Tensor) this;
  }

  private static Tensor reduce(Tensor x, ReduceKind kind, boolean keepDim, int... axes) {
    Ints along = x.shape().axes(axes);
    Tensor kept = along.size() == 0 ? x : new Tensor(new ReductionOp.Reduce(kind, x, along));
    return keepDim ? kept : drop(kept, along);
  }

  private static Tensor drop(Tensor x, Ints axes) {
    int[] sizes = new int[x.shape().rank() - axes.size()];
    int n = 0;
    for (int i = 0; i < x.shape().rank(); i++) {
      if (!axes.contains(i)) {
        sizes[n++] = x.shape().size(i);
      }
    }
    return x.reshape(sizes);
  }

  private Tensor numeric() {
    DType dtype = self().dtype();
    return cast(dtype == DType.BOOL ? DType.I32 : dtype.computed());
  }

  private int count(int... axes) {
    Ints along = self().shape().axes(axes);
    long count = 1;
    for (int i = 0; i < along.size(); i++) {
      count *= self().shape().size(along.get(i));
    }
    return Math.toIntExact(count);
  }

  default Tensor sum(int... axes) {
    return sum(false, axes);
  }

  /** The sum along the axes; keepDim keeps them with size 1. */
  default Tensor sum(boolean keepDim, int... axes) {
    return reduce(numeric(), ReduceKind.SUM, keepDim, axes);
  }

  default Tensor prod(int... axes) {
    return reduce(numeric(), ReduceKind.PROD, false, axes);
  }

  default Tensor mean(int... axes) {
    return mean(false, axes);
  }

  default Tensor mean(boolean keepDim, int... axes) {
    return cast(DType.F32).sum(keepDim, axes).mul(1.0 / count(axes));
  }

  /** The greatest element along the axes; its gradient is shared by equal ones. */
  default Tensor max(int... axes) {
    return max(false, axes);
  }

  default Tensor max(boolean keepDim, int... axes) {
    return extremum(ReduceKind.MAX, keepDim, axes);
  }

  default Tensor min(int... axes) {
    return min(false, axes);
  }

  default Tensor min(boolean keepDim, int... axes) {
    return extremum(ReduceKind.MIN, keepDim, axes);
  }

  private Tensor extremum(ReduceKind kind, boolean keepDim, int... axes) {
    return reduce(numeric(), kind, keepDim, axes);
  }

  /**
   * Σ(x - mean)² / (n - correction): correction 1 is the unbiased estimate, 0 that of the whole
   * population.
   */
  default Tensor variance(int correction, boolean keepDim, int... axes) {
    Tensor centred = sub(mean(true, axes));
    return centred.mul(centred).sum(keepDim, axes).div(count(axes) - correction);
  }

  /** √{@link #variance}; its gradient where all are equal is 0. */
  default Tensor std(int correction, boolean keepDim, int... axes) {
    return root(variance(correction, keepDim, axes));
  }

  /** log Σ eˣ, without overflow. */
  default Tensor logSumExp(boolean keepDim, int... axes) {
    Tensor top = cast(DType.F32).max(true, axes).detach();
    Tensor finite =
        top.sub(top).eq(0).where(top, 0); // of only -∞ the sum is 0 and its logarithm -∞, not NaN
    Tensor kept = sub(finite).exp().sum(true, axes).log().add(finite);
    return keepDim ? kept : drop(kept, self().shape().axes(axes));
  }

  /** The Euclidean norm √Σx²; its gradient at zero is 0. */
  default Tensor norm(int... axes) {
    Tensor x = cast(DType.F32);
    return root(x.mul(x).sum(axes));
  }

  /** √x, which passes no 0 · ∞ = NaN back where x is 0. */
  private static Tensor root(Tensor x) {
    Tensor zero = x.eq(0);
    return zero.where(0, zero.where(1, x).sqrt());
  }

  /** Whether all elements hold; of none, yes. */
  default Tensor all(int... axes) {
    return cast(DType.BOOL).cast(DType.I32).min(axes).cast(DType.BOOL);
  }

  /** Whether any element holds; of none, no. */
  default Tensor any(int... axes) {
    return cast(DType.BOOL).cast(DType.I32).max(axes).gt(0);
  }

  /** The i32 place of the greatest element along an axis; the first of equals. */
  default Tensor argmax(int axis) {
    return Indexing.argReduce(true, self(), axis);
  }

  /** The i32 place of the least element along an axis; the first of equals. */
  default Tensor argmin(int axis) {
    return Indexing.argReduce(false, self(), axis);
  }

  default Tensor cumsum(int axis) {
    Tensor last = numeric().moveAxis(axis, -1);
    return new Tensor(new ReductionOp.Cumsum(last)).moveAxis(-1, axis);
  }

  /** eˣ / Σ eˣ along an axis. */
  default Tensor softmax(int axis) {
    Tensor e = sub(max(true, axis).detach()).exp();
    return e.div(e.sum(true, axis));
  }

  /** log softmax, without underflow. */
  default Tensor logSoftmax(int axis) {
    Tensor centred = sub(max(true, axis).detach());
    return centred.sub(centred.exp().sum(true, axis).log());
  }

  /** The elements along an axis in order, and the places they came from. */
  default Sorted sort(int axis, boolean descending) {
    return Indexing.sort(self(), axis, descending);
  }

  /** The k greatest elements along an axis, greatest first, and their places. */
  default Sorted topk(int k, int axis) {
    return Indexing.topk(self(), k, axis);
  }
}
