package dev.merapi.tensor;

import java.util.Arrays;
import java.util.List;

/** How an op's input lies in the memory of the leaf behind it. */
enum Layout {
  /** The leaf itself. */
  PLAIN,
  /** The leaf has its axes in reverse order. */
  TRANSPOSED,
  /** Every second element of the leaf along its first and last axis, from the second on. */
  STRIDED,
  /** The leaf holds its last axis in reverse. */
  FLIPPED,
  /** One entry of the first axis, repeated. */
  REPEATED;

  private static final List<Layout> ALL = List.of(values());

  /** Another one, {@code n} places on. */
  Layout later(int n) {
    return ALL.get((ALL.indexOf(this) + n) % ALL.size());
  }

  /** The shape of the leaf behind an input. */
  Shape leaf(Shape shape) {
    if (shape.rank() == 0) {
      return shape;
    }
    return switch (this) {
      case PLAIN, FLIPPED -> shape;
      case TRANSPOSED -> Shape.of(reversed(shape.toArray()));
      case STRIDED -> {
        Shape last = shape.with(-1, 2 * shape.size(-1) + 2);
        yield shape.rank() == 1 ? last : last.with(0, 2 * shape.size(0) + 1);
      }
      case REPEATED -> shape.with(0, 1);
    };
  }

  /** The input of a shape that is read from its leaf. */
  Tensor view(Tensor leaf, Shape shape) {
    if (shape.rank() == 0) {
      return leaf;
    }
    return switch (this) {
      case PLAIN -> leaf;
      case TRANSPOSED -> leaf.permute(reversed(axes(shape.rank())));
      case STRIDED -> {
        Tensor last = leaf.slice(-1, 1, 2 * shape.size(-1) + 1, 2);
        yield shape.rank() == 1 ? last : last.slice(0, 1, 2 * shape.size(0) + 1, 2);
      }
      case FLIPPED -> leaf.flip(-1);
      case REPEATED -> leaf.broadcastTo(shape);
    };
  }

  private static int[] axes(int rank) {
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> i);
    return axes;
  }

  private static int[] reversed(int... values) {
    int[] result = new int[values.length];
    Arrays.setAll(result, i -> values[values.length - 1 - i]);
    return result;
  }
}
