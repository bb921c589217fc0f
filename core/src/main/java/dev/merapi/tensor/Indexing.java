package dev.merapi.tensor;

import dev.merapi.graph.Op;
import dev.merapi.graph.ReductionOp;

/**
 * Index lookups and orders: {@link Tensor}'s methods brought to the canonical forms of {@link
 * Op.Gather} and its kin.
 */
final class Indexing {
  private Indexing() {}

  static Tensor argReduce(boolean greatest, Tensor x, int axis) {
    Tensor last = x.cast(number(x)).moveAxis(axis, -1);
    return new Tensor(new ReductionOp.ArgReduce(greatest, last)).squeeze(-1);
  }

  static Sorted sort(Tensor x, int axis, boolean descending) {
    Tensor last = x.cast(number(x)).moveAxis(axis, -1);
    Tensor order = new Tensor(new ReductionOp.ArgSort(last, descending)).moveAxis(-1, axis);
    return new Sorted(takeAlong(x, order, axis), order);
  }

  static Sorted topk(Tensor x, int k, int axis) {
    int size = x.shape().size(axis);
    if (k < 0 || k > size) {
      throw new ShapeException(
          "topk: k = " + k + ", but axis " + axis + " of " + x.shape() + " has " + size);
    }
    Sorted sorted = sort(x, axis, true);
    return new Sorted(sorted.values().slice(axis, 0, k), sorted.indices().slice(axis, 0, k));
  }

  static Tensor take(Tensor x, Tensor index, int axis) {
    int a = x.shape().axis(axis);
    Tensor front = x.moveAxis(a, 0); // (n, rest…)
    Shape rest = front.shape().slice(1, front.shape().rank());
    Tensor rows =
        new Tensor(
            new Op.Gather(
                front.reshape(1, x.shape().size(a), Math.toIntExact(rest.elements())),
                integers("take", index).reshape(1, Math.toIntExact(index.shape().elements()))));
    Tensor out = rows.reshape(index.shape().concat(rest)); // (index…, rest…)
    for (int i = 0; i < index.shape().rank() && a > 0; i++) {
      out = out.moveAxis(0, a + index.shape().rank() - 1);
    }
    return out;
  }

  static Tensor takeAlong(Tensor x, Tensor index, int axis) {
    int a = x.shape().axis(axis);
    Tensor fitted = fit("takeAlong", x, index, a).moveAxis(a, -1);
    Tensor places = integers("takeAlong", index).moveAxis(a, -1);
    Tensor out = new Tensor(new Op.Gather(columns(fitted), flat(places))); // (batch, i, 1)
    return out.reshape(places.shape()).moveAxis(-1, a);
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor updates) {
    int a = x.shape().axis(axis);
    if (!index.shape().equals(updates.shape())) {
      throw new ShapeException(
          "scatterAdd: one update an index: " + index.shape() + " and " + updates.shape());
    }
    Shape fitted = fit("scatterAdd", x, index, a).moveAxis(a, -1).shape();
    Tensor added =
        new Tensor(
            new Op.ScatterAdd(
                flat(integers("scatterAdd", index).moveAxis(a, -1)),
                columns(updates.cast(number(x)).moveAxis(a, -1)),
                x.shape().size(a)));
    Tensor sum = added.reshape(fitted).moveAxis(-1, a);
    for (int i = 0; i < x.shape().rank(); i++) {
      sum = sum.pad(i, 0, x.shape().size(i) - sum.shape().size(i), 0);
    }
    return x.add(sum);
  }

  /** x cut to the index's sizes on every axis but one. */
  private static Tensor fit(String op, Tensor x, Tensor index, int axis) {
    boolean fits = x.shape().rank() == index.shape().rank();
    Tensor result = x;
    for (int i = 0; fits && i < x.shape().rank(); i++) {
      if (i != axis) {
        fits = index.shape().size(i) <= x.shape().size(i);
        result = result.slice(i, 0, index.shape().size(i));
      }
    }
    if (!fits) {
      throw new ShapeException(
          op
              + ": the index "
              + index.shape()
              + " must have the axes of "
              + x.shape()
              + " and be no larger, axis "
              + axis
              + " excepted");
    }
    return result;
  }

  /** The type that x is compared and added in. */
  private static DType number(Tensor x) {
    return x.dtype() == DType.BOOL ? DType.I32 : x.dtype().computed();
  }

  private static Tensor flat(Tensor x) {
    int last = x.shape().size(-1);
    return x.reshape(rows(x), last);
  }

  private static Tensor columns(Tensor x) {
    int last = x.shape().size(-1);
    return x.reshape(rows(x), last, 1);
  }

  private static int rows(Tensor x) {
    return Math.toIntExact(x.shape().slice(0, x.shape().rank() - 1).elements());
  }

  private static Tensor integers(String op, Tensor index) {
    if (index.dtype().isFloat() || index.dtype() == DType.BOOL) {
      throw new ShapeException(
          op + ": the index must hold integers, not " + index.dtype() + "; cast it to i32");
    }
    return index.cast(DType.I32);
  }
}
