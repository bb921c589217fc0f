package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Targets that are class numbers. A sample's class is found by comparing it with all of them, not
 * by an index lookup, so that the whole loss is one pass over the logits.
 */
final class Classes {
  private final int axis;
  private final Tensor chosen;
  private final Tensor counted;
  private final Tensor known;
  private final Optional<Tensor> weight;

  /**
   * Class numbers (N, d…) for scores (N, C, d…).
   *
   * @throws ShapeException if they do not fit
   */
  Classes(
      String loss, Tensor scores, Tensor target, Optional<Tensor> weight, OptionalLong ignored) {
    this.axis = axis(scores);
    int classes = scores.shape().size(axis);
    Shape rest =
        scores.shape().slice(0, axis).concat(scores.shape().slice(axis + 1, scores.shape().rank()));
    if (!target.shape().equals(rest)) {
      throw new ShapeException(
          "%s: for scores %s the class numbers must be %s, but they are %s; one-hot targets must be floats"
              .formatted(loss, scores.shape(), rest, target.shape()));
    }
    this.weight = weight;
    Tensor number = target.cast(target.dtype().computed());
    this.chosen = number.unsqueeze(axis).eq(Axes.along(axis, Tensor.arange(classes), scores));
    this.counted =
        ignored.isPresent()
            ? number.ne((double) ignored.getAsLong())
            : Tensor.constant(DType.BOOL, 1).broadcastTo(rest);
    this.known = counted.not().or(number.ge(0).and(number.lt(classes)));
  }

  /** The axis of the classes: 1, or 0 of a single sample. */
  static int axis(Tensor scores) {
    return Math.min(1, scores.shape().rank() - 1);
  }

  /**
   * w times the score of each sample's class; 0 where it does not count, NaN where there is none.
   */
  Tensor select(Tensor scores) {
    Tensor weighted =
        weight.isPresent() ? scores.mul(Axes.along(axis, weight.get(), scores)) : scores;
    Tensor picked = chosen.where(weighted, 0).sum(axis);
    return known.where(counted.where(picked, 0), Double.NaN);
  }

  /** (N, C, d…): whether it is the sample's class. */
  Tensor chosen() {
    return chosen;
  }

  /** Which samples count. */
  Tensor counted() {
    return counted;
  }

  /** w of each sample's class, 0 where it does not count. */
  Tensor weights() {
    if (weight.isEmpty()) {
      return counted.cast(DType.F32);
    }
    Tensor each = chosen.where(Axes.along(axis, weight.get(), chosen), 0).sum(axis);
    return counted.where(each, 0);
  }
}
