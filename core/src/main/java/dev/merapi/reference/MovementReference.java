package dev.merapi.reference;

import dev.merapi.graph.Op;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Where elements come from and go to, place by place. */
final class MovementReference {
  private MovementReference() {}

  static void unravel(int i, Shape shape, int[] place) {
    int rest = i;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      place[axis] = rest % shape.size(axis);
      rest /= shape.size(axis);
    }
  }

  static int ravel(int[] place, Shape shape) {
    int i = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      i = i * shape.size(axis) + place[axis];
    }
    return i;
  }

  /** The index into x of the element that stands at a place of the result. */
  static int source(Op op, Shape x, int[] place) {
    int[] from = place.clone();
    for (int axis = 0; axis < place.length; axis++) {
      switch (op) {
        case Op.Permute(_, var axes) -> from[axes.get(axis)] = place[axis];
        case Op.Broadcast _ -> from[axis] = x.size(axis) == 1 ? 0 : place[axis];
        case Op.Slice(_, var starts, var steps, _) ->
            from[axis] = starts.get(axis) + place[axis] * steps.get(axis);
        case Op.Flip(_, var axes) ->
            from[axis] = axes.contains(axis) ? x.size(axis) - 1 - place[axis] : place[axis];
        default -> throw new IllegalStateException("not a movement: " + op);
      }
    }
    return ravel(from, x);
  }

  static double[] pad(Op.Pad pad, double[] x, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    Arrays.fill(out, pad.value());
    int[] place = new int[shape.rank()];
    for (int i = 0; i < x.length; i++) {
      unravel(i, pad.x().shape(), place);
      for (int axis = 0; axis < place.length; axis++) {
        place[axis] = pad.before().get(axis) + place[axis] * (pad.interior().get(axis) + 1);
      }
      out[ravel(place, shape)] = x[i];
    }
    return out;
  }

  static double[] concat(Op.Concat concat, List<double[]> inputs, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    int[] place = new int[shape.rank()];
    int offset = 0;
    for (int part = 0; part < inputs.size(); part++) {
      Shape from = concat.inputs().get(part).shape();
      for (int i = 0; i < inputs.get(part).length; i++) {
        unravel(i, from, place);
        place[concat.axis()] += offset;
        out[ravel(place, shape)] = inputs.get(part)[i];
      }
      offset += from.size(concat.axis());
    }
    return out;
  }

  static double[] reduce(Op.ReduceKind kind, double[] x, Shape from, Shape to) {
    double[] out = new double[Math.toIntExact(to.elements())];
    Arrays.fill(
        out,
        switch (kind) {
          case SUM -> 0;
          case PROD -> 1;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        });
    int[] place = new int[from.rank()];
    for (int i = 0; i < x.length; i++) {
      unravel(i, from, place);
      for (int axis = 0; axis < place.length; axis++) {
        place[axis] = to.size(axis) == 1 ? 0 : place[axis];
      }
      int target = ravel(place, to);
      out[target] =
          switch (kind) {
            case SUM -> out[target] + x[i];
            case PROD -> out[target] * x[i];
            case MAX -> Math.max(out[target], x[i]);
            case MIN -> Math.min(out[target], x[i]);
          };
    }
    return out;
  }
}
