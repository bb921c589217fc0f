package dev.merapi.reference;

import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Where elements come from and go to, place by place. */
final class MovementReference {
  private MovementReference() {}

  static void unravel(int i, int[] sizes, int[] place) {
    int rest = i;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      place[axis] = rest % sizes[axis];
      rest /= sizes[axis];
    }
  }

  static int ravel(int[] place, int... sizes) {
    int i = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      i = i * sizes[axis] + place[axis];
    }
    return i;
  }

  /** The index into x of the element that stands at a place of the result. */
  static int source(Op op, int[] x, int[] place) {
    int[] from = place.clone();
    for (int axis = 0; axis < place.length; axis++) {
      switch (op) {
        case MovementOp.Permute(_, var axes) -> from[axes.get(axis)] = place[axis];
        case MovementOp.Broadcast _ -> from[axis] = x[axis] == 1 ? 0 : place[axis];
        case MovementOp.Slice(_, var starts, var steps, _) ->
            from[axis] = starts.get(axis) + place[axis] * steps.get(axis);
        case MovementOp.Flip(_, var axes) ->
            from[axis] = axes.contains(axis) ? x[axis] - 1 - place[axis] : place[axis];
        default -> throw new IllegalStateException("not a movement: " + op);
      }
    }
    return ravel(from, x);
  }

  static double[] pad(MovementOp.Pad pad, double[] x, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    Arrays.fill(out, pad.value());
    int[] from = pad.x().shape().toArray();
    int[] to = shape.toArray();
    int[] place = new int[to.length];
    for (int i = 0; i < x.length; i++) {
      unravel(i, from, place);
      for (int axis = 0; axis < place.length; axis++) {
        place[axis] = pad.before().get(axis) + place[axis] * (pad.interior().get(axis) + 1);
      }
      out[ravel(place, to)] = x[i];
    }
    return out;
  }

  static double[] concat(MovementOp.Concat concat, List<double[]> inputs, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    int[] to = shape.toArray();
    int[] place = new int[to.length];
    int offset = 0;
    for (int part = 0; part < inputs.size(); part++) {
      int[] from = concat.inputs().get(part).shape().toArray();
      for (int i = 0; i < inputs.get(part).length; i++) {
        unravel(i, from, place);
        place[concat.axis()] += offset;
        out[ravel(place, to)] = inputs.get(part)[i];
      }
      offset += from[concat.axis()];
    }
    return out;
  }

  static double[] reduce(ReduceKind kind, DType dtype, double[] x, Shape shape, Shape reduced) {
    double[] out = new double[Math.toIntExact(reduced.elements())];
    int[] from = shape.toArray();
    int[] to = reduced.toArray();
    Arrays.fill(
        out,
        switch (kind) {
          case SUM -> 0;
          case PROD -> 1;
          case MAX -> dtype.least();
          case MIN -> dtype.greatest();
        });
    int[] place = new int[from.length];
    for (int i = 0; i < x.length; i++) {
      unravel(i, from, place);
      for (int axis = 0; axis < place.length; axis++) {
        place[axis] = to[axis] == 1 ? 0 : place[axis];
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
