package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;

/**
 * How a convolution walks: one stride, padding before and after, and dilation for each spatial
 * axis, and the channel groups.
 */
public record ConvGeometry(Ints stride, Ints before, Ints after, Ints dilation, int groups) {

  /** Number of spatial axes. */
  public int axes() {
    return stride.size();
  }

  /** The shape of the convolution of x (N, Cin, space…) with w (Cout, Cin / groups, kernel…). */
  public Shape output(Shape x, Shape w) {
    int axes = axes();
    if (x.rank() != axes + 2 || w.rank() != axes + 2) {
      throw new ShapeException(
          "conv%dd: x %s and weight %s must have %d axes: (batch, channels, space…) and (out, in / groups, kernel…)"
              .formatted(axes, x, w, axes + 2));
    }
    if (groups < 1 || x.size(1) != w.size(1) * groups || w.size(0) % groups != 0) {
      throw new ShapeException(
          "conv%dd: x %s has %d channels, but weight %s with %d groups takes %d and its %d outputs must divide by the groups"
              .formatted(axes, x, x.size(1), w, groups, w.size(1) * groups, w.size(0)));
    }
    int[] sizes = new int[axes + 2];
    sizes[0] = x.size(0);
    sizes[1] = w.size(0);
    for (int i = 0; i < axes; i++) {
      int span = dilation.get(i) * (w.size(i + 2) - 1) + 1;
      int room = x.size(i + 2) + before.get(i) + after.get(i) - span;
      if (room < 0) {
        throw new ShapeException(
            "conv%dd: the kernel spans %d along axis %d, but x %s has only %d there with its padding; use a smaller kernel or more padding"
                .formatted(axes, span, i + 2, x, room + span));
      }
      sizes[i + 2] = room / stride.get(i) + 1;
    }
    return Shape.of(sizes);
  }
}
