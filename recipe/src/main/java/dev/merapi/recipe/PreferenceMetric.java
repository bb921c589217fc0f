package dev.merapi.recipe;

import dev.merapi.nn.DirectPreference;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Metric;
import java.util.Arrays;
import java.util.Locale;

/**
 * What is measured of pairs of answers.
 *
 * @param loss that knows what answers are worth
 */
record PreferenceMetric(DirectPreference loss, Kind kind) implements Metric {
  enum Kind {
    /** The share of pairs whose chosen answer is worth more than the rejected one. */
    ACCURACY,
    /** By how much it is worth more. */
    MARGIN,
    /** What the chosen answer is worth. */
    CHOSEN_REWARD,
    /** What the rejected one is. */
    REJECTED_REWARD
  }

  static Metric[] all(DirectPreference loss) {
    return Arrays.stream(Kind.values())
        .map(kind -> new PreferenceMetric(loss, kind))
        .toArray(Metric[]::new);
  }

  @Override
  public String name() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Tensor total(Tensor prediction, Tensor target) {
    return switch (kind) {
      case ACCURACY -> loss.margins(prediction, target).gt(0).cast(DType.F32).sum();
      case MARGIN -> loss.margins(prediction, target).sum();
      case CHOSEN_REWARD -> loss.rewards(prediction, target).select(1, 0).sum();
      case REJECTED_REWARD -> loss.rewards(prediction, target).select(1, 1).sum();
    };
  }

  @Override
  public boolean greatestIsBest() {
    return kind != Kind.REJECTED_REWARD;
  }
}
