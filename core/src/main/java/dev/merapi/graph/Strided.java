package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A strided look at the contiguous elements of a node: element (i0, i1, …) is number {@code offset
 * + Σ i·stride} of the base.
 */
record Strided(Tensor base, long offset, List<Long> strides, Shape shape) {

  /** All elements of a node in their own order. */
  static Strided whole(Tensor base) {
    return new Strided(base, 0, contiguous(base.shape()), base.shape());
  }

  static List<Long> contiguous(Shape shape) {
    Long[] strides = new Long[shape.rank()];
    long step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= Math.max(1, shape.size(axis));
    }
    return List.of(strides);
  }

  /** Whether this walks the base's first elements in order. */
  boolean inOrder() {
    long step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.size(axis) != 1 && strides.get(axis) != step) {
        return false;
      }
      step *= shape.size(axis);
    }
    return offset == 0;
  }

  /**
   * How many elements in a row are the same element of an otherwise ordered walk: 1 for an ordered
   * one, 0 for neither.
   */
  long repeats() {
    long columns = 1;
    int axis = shape.rank() - 1;
    while (axis >= 0 && (strides.get(axis) == 0 || shape.size(axis) == 1)) {
      columns *= shape.size(axis--);
    }
    long step = 1;
    for (; axis >= 0; axis--) {
      if (shape.size(axis) != 1 && strides.get(axis) != step) {
        return 0;
      }
      step *= shape.size(axis);
    }
    return offset == 0 ? columns : 0;
  }

  /** The same look through one more movement op; empty where a reshape finds no strides. */
  Optional<Strided> through(Op op, Shape to) {
    long start = offset;
    Long[] next = strides.toArray(Long[]::new);
    switch (op) {
      case MovementOp.Permute(_, var axes) -> Arrays.setAll(next, i -> strides.get(axes.get(i)));
      case MovementOp.Broadcast _ ->
          Arrays.setAll(next, i -> shape.size(i) == to.size(i) ? strides.get(i) : 0L);
      case MovementOp.Slice(_, var starts, var steps, _) -> {
        for (int i = 0; i < next.length; i++) {
          start += starts.get(i) * strides.get(i);
          next[i] = strides.get(i) * steps.get(i);
        }
      }
      case MovementOp.Flip(_, var axes) -> {
        for (int i = 0; i < axes.size(); i++) {
          int axis = axes.get(i);
          start += Math.max(0, shape.size(axis) - 1) * strides.get(axis);
          next[axis] = -strides.get(axis);
        }
      }
      case Op.Again _ -> {}
      case MovementOp.Reshape _ -> {
        return reshaped(to).map(s -> new Strided(base, offset, s, to));
      }
      default -> throw new IllegalStateException("not a movement: " + op);
    }
    return Optional.of(new Strided(base, start, List.of(next), to));
  }

  private Optional<List<Long>> reshaped(Shape to) {
    if (shape.elements() == 0) {
      return Optional.of(contiguous(to));
    }
    List<long[]> runs = runs(); // (size, stride), outermost first; each may be split freely
    Long[] next = new Long[to.rank()];
    int run = runs.size() - 1;
    long left = run < 0 ? 1 : runs.get(run)[0];
    long stride = run < 0 ? 0 : runs.get(run)[1];
    for (int axis = to.rank() - 1; axis >= 0; axis--) {
      int size = to.size(axis);
      next[axis] = 0L;
      if (size == 1) {
        continue;
      }
      if (left == 1) {
        run--;
        left = runs.get(run)[0];
        stride = runs.get(run)[1];
      }
      if (left % size != 0) {
        return Optional.empty();
      }
      next[axis] = stride;
      stride *= size;
      left /= size;
    }
    return Optional.of(List.of(next));
  }

  /** The axes with neighbours merged where they walk as one. */
  private List<long[]> runs() {
    List<long[]> runs = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      int size = shape.size(axis);
      long stride = strides.get(axis);
      if (size == 1) {
        continue;
      }
      long[] last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last[1] == stride * size) {
        last[0] *= size;
        last[1] = stride;
      } else {
        runs.add(new long[] {size, stride});
      }
    }
    return runs;
  }
}
