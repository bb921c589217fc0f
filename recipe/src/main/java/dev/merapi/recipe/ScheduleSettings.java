package dev.merapi.recipe;

import dev.merapi.optim.Schedule;

/** How a recipe's learning rate moves, in epochs. */
public sealed interface ScheduleSettings {

  /** The schedule in steps. */
  Schedule build(long stepsPerEpoch, long epochs);

  /** It does not move. */
  record Constant() implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return Schedule.constant();
    }
  }

  /** Multiplied by {@code gamma} after every so many epochs. */
  record Step(@Default("1") @Range(from = 1) int epochs, @Default("0.7") double gamma)
      implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long total) {
      return Schedule.step(epochs * stepsPerEpoch, gamma);
    }
  }

  /** Multiplied by {@code gamma} over each epoch, a little in every step. */
  record Exponential(@Default("0.9") @Range(from = 0) double gamma) implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return Schedule.exponential(Math.pow(gamma, 1.0 / stepsPerEpoch));
    }
  }

  /** Down to 0 at the end of the training, along a power of what is left of it; 1 is a line. */
  record Polynomial(@Default("1") @Range(from = 0) double power) implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return Schedule.polynomial(epochs * stepsPerEpoch, power);
    }
  }

  /** Half a cosine, after a linear rise over {@code warmup} epochs, down to a part of the rate. */
  record Cosine(
      @Default("0") @Range(from = 0) double warmup,
      @Default("0") @Range(from = 0, to = 1) double least)
      implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      long rise = Math.round(warmup * stepsPerEpoch);
      var fall = Schedule.cosine(Math.max(1, epochs * stepsPerEpoch - rise), least);
      return rise == 0 ? fall : fall.afterWarmup(rise);
    }
  }

  /** A linear rise over {@code warmup} epochs, then by the inverse square root of the steps. */
  record InverseSquareRoot(@Default("1") @Range(from = 1e-6) double warmup)
      implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return Schedule.inverseSquareRoot(Math.max(1, Math.round(warmup * stepsPerEpoch)));
    }
  }

  /** A rise and a fall over the whole training; see {@link dev.merapi.optim.OneCycle}. */
  record OneCycle(@Default("0.3") @Range(from = 0, to = 1) double rise)
      implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return dev.merapi.optim.OneCycle.of(epochs * stepsPerEpoch).rise(rise);
    }
  }

  /** Multiplied by {@code reduction} when the validation loss has stopped falling. */
  record Plateau(
      @Default("2") @Range(from = 0) int patience,
      @Default("0.1") @Range(from = 0, to = 1) double reduction)
      implements ScheduleSettings {
    @Override
    public Schedule build(long stepsPerEpoch, long epochs) {
      return dev.merapi.optim.Plateau.ofLeast().patience(patience).reduction(reduction);
    }
  }
}
