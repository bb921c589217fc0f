package dev.merapi.tensor;

import dev.merapi.graph.Ints;
import dev.merapi.graph.MovementOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Reshapes, slices and joins: the compositions behind {@link Tensor}'s movement methods. */
final class Movement {
  private Movement() {}

  static Shape infer(Shape from, int... sizes) {
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && unknown < 0) {
        unknown = i;
      } else {
        known *= sizes[i];
      }
    }
    if (unknown < 0) {
      return Shape.of(sizes);
    }
    if (known <= 0 || from.elements() % known != 0) {
      throw new ShapeException(
          "reshape: no size for -1 makes %s of the %d elements of %s"
              .formatted(Arrays.toString(sizes), from.elements(), from));
    }
    int[] result = sizes.clone();
    result[unknown] = Math.toIntExact(from.elements() / known);
    return Shape.of(result);
  }

  static Tensor flatten(Tensor x, int from, int to) {
    int first = x.shape().axis(from);
    int last = x.shape().axis(to);
    if (first > last) {
      throw new ShapeException("flatten: axis " + from + " comes after " + to + " in " + x.shape());
    }
    Shape shape = x.shape();
    int size = Math.toIntExact(shape.slice(first, last + 1).elements());
    return x.reshape(
        shape.slice(0, first).concat(Shape.of(size)).concat(shape.slice(last + 1, shape.rank())));
  }

  static Tensor unflatten(Tensor x, int axis, int... sizes) {
    Shape shape = x.shape();
    int a = shape.axis(axis);
    Shape split = infer(Shape.of(shape.size(a)), sizes);
    if (split.elements() != shape.size(a)) {
      throw new ShapeException(
          "unflatten: axis %d of %s has %d elements, but %s would have %d"
              .formatted(axis, shape, shape.size(a), split, split.elements()));
    }
    return x.reshape(shape.slice(0, a).concat(split).concat(shape.slice(a + 1, shape.rank())));
  }

  static Tensor unsqueeze(Tensor x, int axis) {
    Shape shape = x.shape();
    int rank = shape.rank();
    if (axis < -rank - 1 || axis > rank) {
      throw new ShapeException("unsqueeze: axis " + axis + " is out of range for " + shape);
    }
    int a = axis < 0 ? axis + rank + 1 : axis;
    return x.reshape(shape.slice(0, a).concat(Shape.of(1)).concat(shape.slice(a, rank)));
  }

  static Tensor squeeze(Tensor x, int axis) {
    Shape shape = x.shape();
    int a = shape.axis(axis);
    if (shape.size(a) != 1) {
      throw new ShapeException(
          "squeeze: axis " + axis + " of " + shape + " has size " + shape.size(a) + ", not 1");
    }
    return x.reshape(shape.slice(0, a).concat(shape.slice(a + 1, shape.rank())));
  }

  static Tensor permute(Tensor x, Ints axes) {
    return axes.equals(Ints.range(x.shape().rank()))
        ? x
        : new Tensor(new MovementOp.Permute(x, axes));
  }

  static Tensor moveAxis(Tensor x, int from, int to) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
    order.remove(Integer.valueOf(from));
    order.add(to, from);
    return permute(x, Ints.of(order.stream().mapToInt(i -> i).toArray()));
  }

  static Tensor broadcast(Tensor x, Shape to) {
    if (x.shape().equals(to)) {
      return x;
    }
    if (!Shape.broadcast(x.shape(), to).equals(to)) {
      throw new ShapeException("broadcastTo: " + x.shape() + " does not stretch to " + to);
    }
    int missing = to.rank() - x.shape().rank();
    Tensor raised =
        missing == 0 ? x : x.reshape(Shape.of(Ints.fill(missing, 1).toArray()).concat(x.shape()));
    return raised.shape().equals(to) ? raised : new Tensor(new MovementOp.Broadcast(raised, to));
  }

  static Tensor select(Tensor x, int axis, int i) {
    int size = x.shape().size(axis);
    if (i < -size || i >= size) {
      throw new ShapeException(
          "index " + i + " is out of range for axis " + axis + " of " + x.shape());
    }
    int place = i < 0 ? i + size : i;
    return squeeze(slice(x, axis, place, place + 1, 1), axis);
  }

  /**
   * Numpy's {@code from:to:step} along an axis: negative places count from the end, both are cut to
   * the axis.
   */
  static Tensor slice(Tensor x, int axis, int from, int to, int step) {
    int size = x.shape().size(axis);
    if (step == 0) {
      throw new ShapeException("slice: the step cannot be 0");
    }
    int first = from < 0 ? from + size : from;
    int end = to < 0 ? to + size : to;
    return step > 0
        ? walk(x, axis, Math.clamp(first, 0, size), Math.clamp(end, 0, size), step)
        : back(x, axis, Math.clamp(first, -1, size - 1), Math.clamp(end, -1, size - 1), -step);
  }

  private static Tensor walk(Tensor x, int axis, int from, int to, int step) {
    Shape shape = x.shape();
    int count = Math.max(0, Math.ceilDiv(to - from, step));
    if (count == shape.size(axis) && step == 1) {
      return x;
    }
    int[] starts = new int[shape.rank()];
    starts[axis] = count == 0 ? 0 : from;
    int[] steps = Ints.fill(shape.rank(), 1).toArray();
    steps[axis] = step;
    return new Tensor(
        new MovementOp.Slice(x, Ints.of(starts), Ints.of(steps), shape.with(axis, count)));
  }

  /** The elements from, from - step, … above {@code end}. */
  private static Tensor back(Tensor x, int axis, int from, int end, int step) {
    int count = Math.max(0, Math.ceilDiv(from - end, step));
    int last = from - (count - 1) * step;
    return count == 0
        ? walk(x, axis, 0, 0, 1)
        : new Tensor(new MovementOp.Flip(walk(x, axis, last, from + 1, step), Ints.of(axis)));
  }

  static Tensor at(Tensor x, String indices) {
    List<String> parts =
        new ArrayList<>(Arrays.stream(indices.split(",", -1)).map(String::strip).toList());
    int consumed = (int) parts.stream().filter(p -> !p.equals("...") && !p.equals("None")).count();
    int rest = x.shape().rank() - consumed;
    if (rest < 0) {
      throw new ShapeException(
          "at(\"" + indices + "\"): more indices than the axes of " + x.shape());
    }
    Tensor result = x;
    int axis = 0;
    boolean ellipsis = false;
    for (String part : parts) {
      if (part.equals("...")) {
        if (ellipsis) {
          throw new ShapeException("at(\"" + indices + "\"): only one '...' may stand in an index");
        }
        ellipsis = true;
        axis += rest;
      } else if (part.equals("None")) {
        result = unsqueeze(result, axis++);
      } else if (part.contains(":")) {
        result = range(result, axis++, part, indices);
      } else {
        result = select(result, axis, number(part, indices));
      }
    }
    return result;
  }

  private static Tensor range(Tensor x, int axis, String part, String indices) {
    String[] fields = part.split(":", -1);
    if (fields.length > 3) {
      throw new ShapeException("at(\"" + indices + "\"): '" + part + "' is not start:stop:step");
    }
    int size = x.shape().size(axis);
    int step = fields.length < 3 || fields[2].isBlank() ? 1 : number(fields[2], indices);
    boolean forward = step > 0;
    int from = fields[0].isBlank() ? (forward ? 0 : size) : number(fields[0], indices);
    int to = fields[1].isBlank() ? (forward ? size : -size - 1) : number(fields[1], indices);
    return slice(x, axis, from, to, step);
  }

  private static int number(String text, String indices) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new ShapeException(
          "at(\""
              + indices
              + "\"): '"
              + text
              + "' is not an index; write numbers, start:stop:step, '...' or 'None'");
    }
  }

  static Tensor pad(Tensor x, int axis, int before, int after, double value) {
    int rank = x.shape().rank();
    int[] low = new int[rank];
    int[] high = new int[rank];
    low[axis] = before;
    high[axis] = after;
    return before == 0 && after == 0
        ? x
        : new Tensor(new MovementOp.Pad(x, Ints.of(low), Ints.of(high), Ints.fill(rank, 0), value));
  }

  static Tensor tile(Tensor x, int... times) {
    if (Arrays.stream(times).anyMatch(count -> count < 0)) {
      throw new ShapeException(
          "tile: %s cannot be repeated %s times: counts are not negative"
              .formatted(x.shape(), Arrays.toString(times)));
    }
    int rank = Math.max(times.length, x.shape().rank());
    int[] pairs = new int[2 * rank];
    int[] stretched = new int[2 * rank];
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int size = i <= x.shape().rank() ? x.shape().size(-i) : 1;
      int count = i <= times.length ? times[times.length - i] : 1;
      pairs[2 * (rank - i)] = 1;
      pairs[2 * (rank - i) + 1] = size;
      stretched[2 * (rank - i)] = count;
      stretched[2 * (rank - i) + 1] = size;
      result[rank - i] = count * size;
    }
    return x.reshape(Shape.of(pairs))
        .broadcastTo(stretched)
        .reshape(Shape.of(result)); // (t0, n0, t1, n1, …)
  }

  static Tensor stack(int axis, List<? extends Tensor> parts) {
    List<Tensor> raised = new ArrayList<>();
    for (Tensor part : parts) {
      Shape first = parts.getFirst().shape();
      if (!part.shape().equals(first)) {
        throw new ShapeException(
            "stack: shapes differ: %s and %s; concat joins along an axis that is there"
                .formatted(first, part.shape()));
      }
      raised.add(part.unsqueeze(axis));
    }
    return concat(axis, raised);
  }

  static Tensor concat(int axis, List<? extends Tensor> parts) {
    if (parts.isEmpty()) {
      throw new ShapeException("there is nothing to join; give one tensor at least");
    }
    DType dtype = parts.getFirst().dtype();
    for (Tensor part : parts) {
      dtype = dtype == part.dtype() ? dtype : DType.promote(dtype, part.dtype());
    }
    List<Tensor> cast = new ArrayList<>();
    for (Tensor part : parts) {
      cast.add(part.cast(dtype));
    }
    int along = parts.getFirst().shape().axis(axis);
    return cast.size() == 1 ? cast.getFirst() : new Tensor(new MovementOp.Concat(cast, along));
  }
}
