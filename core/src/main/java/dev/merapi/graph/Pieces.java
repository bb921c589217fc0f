package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Parts of a tensor along an axis, each back in its place among zeros: what the gradients of slices
 * are. Where all parts of one tensor come together, their sum is that tensor.
 *
 * @param parts where each begins and ends
 */
record Pieces(Tensor whole, int axis, TreeMap<Integer, Integer> parts) {
  /** Sums deeper than this are not looked through. */
  private static final int DEPTH = 6;

  /** The sum y of two tensors; or that which they are the pieces of. */
  static Tensor joined(Tensor y) {
    return of(y, 0).filter(Pieces::complete).map(Pieces::whole).orElse(y);
  }

  /** The slice y of a tensor; or what was put there, where it takes out just that. */
  static Tensor taken(MovementOp.Slice slice, Tensor y) {
    return switch (slice.x().op()) {
      case MovementOp.Pad(var x, var before, _, var interior, _)
          when x.shape().equals(slice.shape())
              && slice.starts().equals(before)
              && apart(slice.steps(), interior) ->
          x;
      case MovementOp.Pad(var x, var before, _, var interior, double value)
          when value == 0 && dense(slice.steps()) && beside(slice, x.shape(), before, interior) ->
          Tensor.zeros(slice.shape().toArray()).cast(y.dtype());
      case MovementOp.Concat concat -> part(concat, slice).orElse(y);
      default -> y;
    };
  }

  /** Whether a slice takes nothing but padding, along some axis. */
  private static boolean beside(MovementOp.Slice slice, Shape x, Ints before, Ints interior) {
    for (int i = 0; i < x.rank(); i++) {
      int from = slice.starts().get(i);
      int end = before.get(i) + x.size(i) + Math.max(0, x.size(i) - 1) * interior.get(i);
      if (from + slice.shape().size(i) <= before.get(i) || from >= end) {
        return true;
      }
    }
    return false;
  }

  private static boolean apart(Ints steps, Ints interior) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) != interior.get(i) + 1) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Tensor> part(MovementOp.Concat concat, MovementOp.Slice slice) {
    int from = 0;
    for (Tensor input : concat.inputs()) {
      boolean here = slice.starts().get(concat.axis()) == from;
      if (here && input.shape().equals(slice.shape()) && dense(slice.steps())) {
        return Optional.of(input);
      }
      from += input.shape().size(concat.axis());
    }
    return Optional.empty();
  }

  private static boolean dense(Ints steps) {
    return apart(steps, Ints.fill(steps.size(), 0));
  }

  private static Optional<Pieces> of(Tensor x, int depth) {
    return switch (x.op()) {
      case MovementOp.Pad(var part, var before, _, var interior, double value)
          when value == 0
              && part.op() instanceof MovementOp.Slice slice
              && slice.x().shape().equals(x.shape())
              && slice.starts().equals(before)
              && dense(slice.steps())
              && apart(slice.steps(), interior) ->
          alongOneAxis(slice);
      case Op.Binary(var kind, var a, var b) when kind == BinaryKind.ADD && depth < DEPTH ->
          of(a, depth + 1).flatMap(left -> of(b, depth + 1).flatMap(left::with));
      default -> Optional.empty();
    };
  }

  private static Optional<Pieces> alongOneAxis(MovementOp.Slice slice) {
    int axis = -1;
    for (int i = 0; i < slice.shape().rank(); i++) {
      if (slice.shape().size(i) != slice.x().shape().size(i)) {
        if (axis >= 0) {
          return Optional.empty();
        }
        axis = i;
      }
    }
    if (axis < 0) {
      return Optional.empty();
    }
    int from = slice.starts().get(axis);
    var parts = new TreeMap<>(Map.of(from, from + slice.shape().size(axis)));
    return Optional.of(new Pieces(slice.x(), axis, parts));
  }

  private Optional<Pieces> with(Pieces other) {
    if (!whole.equals(other.whole) || axis != other.axis) {
      return Optional.empty();
    }
    var all = new TreeMap<>(parts);
    all.putAll(other.parts);
    boolean distinct = all.size() == parts.size() + other.parts.size();
    return distinct ? Optional.of(new Pieces(whole, axis, all)) : Optional.empty();
  }

  private boolean complete() {
    int end = 0;
    for (var part : parts.entrySet()) {
      if (part.getKey() != end) {
        return false;
      }
      end = part.getValue();
    }
    return end == whole.shape().size(axis);
  }
}
