package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Multi-class hinge: {@code Σ_{c≠y} w_y max(0, margin - x_y + x_c)ᵖ / C} for scores (N, C) and
 * integer targets (N).
 *
 * <p>By default margin = 1, p = 1, no weights, the mean over samples.
 *
 * @param power p, 1 or 2
 * @param weight w, (C)
 */
public record MultiMargin(double margin, int power, Optional<Tensor> weight, Reduction reduction)
    implements Loss {

  public MultiMargin {
    if (power != 1 && power != 2) {
      throw new MerapiException("the power of a multi-margin loss is 1 or 2, not " + power);
    }
  }

  public static MultiMargin of() {
    return new MultiMargin(1, 1, Optional.empty(), Reduction.MEAN);
  }

  public MultiMargin margin(double margin) {
    return new MultiMargin(margin, power, weight, reduction);
  }

  /** Squared margins. */
  public MultiMargin squared() {
    return new MultiMargin(margin, 2, weight, reduction);
  }

  /** A weight for each class, (C). */
  public MultiMargin weight(Tensor weight) {
    return new MultiMargin(margin, power, Optional.of(weight), reduction);
  }

  public MultiMargin reduction(Reduction reduction) {
    return new MultiMargin(margin, power, weight, reduction);
  }

  @Override
  public Tensor apply(Tensor scores, Tensor target) {
    var classes =
        new Classes("multiMargin", scores, target, Optional.empty(), OptionalLong.empty());
    int axis = Classes.axis(scores);
    Tensor own = classes.select(scores).unsqueeze(axis);
    Tensor over = scores.sub(own).add(margin).relu();
    Tensor each = classes.chosen().where(0, power == 2 ? over.mul(over) : over);
    Tensor losses = each.sum(axis).div(scores.shape().size(axis));
    return reduction.of(weight.isPresent() ? losses.mul(weighted(target)) : losses);
  }

  private Tensor weighted(Tensor target) {
    return weight.orElseThrow().take(target, 0);
  }
}
