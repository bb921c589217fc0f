package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The iteration space of a {@link Kernel.Rows} and the views over it, with axes merged where all
 * views allow it: element-wise work over contiguous tensors becomes one long row.
 *
 * <p>Rows of the last outer axis make a plane: within it each view has one distance from row to
 * row. A kernel without outer axes has one of size 1.
 */
final class RowSpace {
  /** Elements over the space by buffer; offset and strides are in bytes. */
  static final class Seen {
    final int buffer;
    final DType dtype;
    final long offset;
    long[] strides;

    Seen(Kernel.View view) {
      buffer = view.buffer();
      dtype = view.dtype();
      offset = view.offset() * dtype.bytes();
      strides = view.strides().stream().mapToLong(s -> s * dtype.bytes()).toArray();
    }

    /** Bytes from a column to the next. */
    long column() {
      return strides[strides.length - 1];
    }

    /** Bytes from a row to the next in its plane. */
    long row() {
      return strides[strides.length - 2];
    }

    boolean sameElements(Seen other) {
      return buffer == other.buffer
          && offset == other.offset
          && Arrays.equals(strides, other.strides);
    }
  }

  /** By instruction; null where it has no view. */
  private final Seen[] views;

  private final List<Integer> outer;
  private int inner;
  private int summed;

  RowSpace(Kernel.Rows kernel, boolean merge) {
    outer = new ArrayList<>(kernel.outer());
    inner = kernel.inner();
    summed = kernel.summed();
    views = new Seen[kernel.instructions().size()];
    boolean reducesRows = false;
    boolean storesRows = false;
    for (int i = 0; i < views.length; i++) {
      switch (kernel.instructions().get(i)) {
        case Instruction.Load(var view) -> views[i] = new Seen(view);
        case Instruction.Store(_, var view) -> {
          views[i] = new Seen(view);
          storesRows |= views[i].column() == 0;
        }
        case Instruction.ReduceColumns(_, _, var view) -> views[i] = new Seen(view);
        case Instruction.ReduceRow _ -> reducesRows = true;
        case Instruction.Constant _,
            Instruction.Unary _,
            Instruction.Binary _,
            Instruction.Where _,
            Instruction.Cast _ -> {}
      }
    }
    if (merge) {
      mergeOuter();
      if (!reducesRows && summed == 0) {
        mergeInner(storesRows);
      }
    }
    if (outer.isEmpty()) {
      outer.add(1);
      forViews(v -> v.strides = new long[] {0, v.strides[0]});
    }
  }

  private void mergeOuter() {
    for (int axis = outer.size() - 1; axis >= 0; axis--) {
      if (outer.get(axis) == 1) {
        summed -= axis >= outer.size() - summed ? 1 : 0;
        outer.remove(/* index */ axis);
        drop(axis);
      }
    }
    for (int axis = outer.size() - 2; axis >= 0; axis--) {
      boolean border = axis == outer.size() - summed - 1;
      if (!border && nested(axis, outer.get(axis + 1))) {
        summed -= axis >= outer.size() - summed ? 1 : 0;
        outer.set(axis, Math.multiplyExact(outer.get(axis), outer.remove(/* index */ axis + 1)));
        drop(axis);
      }
    }
  }

  private void mergeInner(boolean storesRows) {
    while (!outer.isEmpty()) {
      int last = outer.size() - 1;
      if (inner == 1) {
        inner = outer.remove(/* index */ last);
        drop(last + 1);
      } else if (!storesRows
          && nested(last, inner)
          && (long) outer.get(last) * inner <= Integer.MAX_VALUE) {
        inner *= outer.remove(/* index */ last);
        drop(last);
      } else {
        return;
      }
    }
  }

  /** Whether in all views a step along the axis is as far as all of the next, of that size. */
  private boolean nested(int axis, int nextSize) {
    for (Seen view : views) {
      if (view != null && view.strides[axis] != nextSize * view.strides[axis + 1]) {
        return false;
      }
    }
    return true;
  }

  private void drop(int axis) {
    forViews(
        v -> {
          long[] rest = new long[v.strides.length - 1];
          System.arraycopy(v.strides, 0, rest, 0, axis);
          System.arraycopy(v.strides, axis + 1, rest, axis, rest.length - axis);
          v.strides = rest;
        });
  }

  private void forViews(Consumer<Seen> action) {
    for (Seen view : views) {
      if (view != null) {
        action.accept(view);
      }
    }
  }

  /** What instruction {@code i} sees; only for those that see something. */
  Seen view(int i) {
    return views[i];
  }

  int inner() {
    return inner;
  }

  /** Rows of a plane. */
  int rows() {
    return outer.getLast();
  }

  /** Bytes from a view's first plane to another. */
  long planeDistance(Seen view, long plane) {
    return distance(view, plane, outer.size() - 1);
  }

  /** Bytes from a view's first kept place to another. */
  long keptDistance(Seen view, long kept) {
    return distance(view, kept, outer.size() - summed);
  }

  private long distance(Seen view, long place, int axes) {
    long result = 0;
    long rest = place;
    for (int axis = axes - 1; axis >= 0; axis--) {
      result += rest % outer.get(axis) * view.strides[axis];
      rest /= outer.get(axis);
    }
    return result;
  }

  /** Rows in all. */
  long allRows() {
    return outer.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b);
  }

  /** Places that {@link Instruction.ReduceColumns} keeps. */
  long keptPlaces() {
    return outer.stream().limit(outer.size() - summed).mapToLong(i -> i).reduce(1, (a, b) -> a * b);
  }

  /** Rows that it combines into each. */
  long summedRows() {
    return outer.stream().skip(outer.size() - summed).mapToLong(i -> i).reduce(1, (a, b) -> a * b);
  }
}
