package dev.merapi.optim;

import dev.merapi.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a step does besides its rule. By default a constant learning rate, one group, no clipping,
 * and no average of the weights.
 *
 * @param schedule moves the learning rate of every group
 * @param groups parameters with rules of their own; the first that has a parameter counts
 * @param clipValue each element of a gradient is brought into [-clipValue, clipValue]
 * @param clipNorm all gradients together are scaled to a norm of at most this, after clipValue
 * @param averageDecay d of the averaged weights {@code a ← d a + (1 - d) θ}, which start with the
 *     first weights
 * @param precision of matrix products and convolutions; weights, gradients and the rule's state
 *     stay as they are
 */
public record StepOptions(
    Schedule schedule,
    List<Group> groups,
    OptionalDouble clipValue,
    OptionalDouble clipNorm,
    OptionalDouble averageDecay,
    Precision precision) {

  public static final StepOptions DEFAULT =
      new StepOptions(
          Schedule.constant(),
          List.of(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          Precision.F32);

  public StepOptions {
    groups = List.copyOf(groups);
    Checks.that(clipValue.orElse(1) > 0, "a gradient can be clipped only to a value above 0");
    Checks.that(clipNorm.orElse(1) > 0, "gradients can be clipped only to a norm above 0");
    Checks.fraction("the decay of averaged weights", averageDecay.orElse(0));
  }

  public StepOptions schedule(Schedule schedule) {
    return new StepOptions(schedule, groups, clipValue, clipNorm, averageDecay, precision);
  }

  /** One more group, after those there are. */
  public StepOptions group(Group group) {
    List<Group> more = new ArrayList<>(groups);
    more.add(group);
    return new StepOptions(schedule, more, clipValue, clipNorm, averageDecay, precision);
  }

  public StepOptions clipValue(double most) {
    return new StepOptions(
        schedule, groups, OptionalDouble.of(most), clipNorm, averageDecay, precision);
  }

  public StepOptions clipNorm(double most) {
    return new StepOptions(
        schedule, groups, clipValue, OptionalDouble.of(most), averageDecay, precision);
  }

  /** Keeps a moving average of the weights; 0.999 is usual. */
  public StepOptions averageDecay(double decay) {
    return new StepOptions(
        schedule, groups, clipValue, clipNorm, OptionalDouble.of(decay), precision);
  }

  /** Matrix products and convolutions of {@link Precision#BF16}, forward and backward. */
  public StepOptions precision(Precision precision) {
    return new StepOptions(schedule, groups, clipValue, clipNorm, averageDecay, precision);
  }
}
