package dev.merapi.optim;

import java.util.List;
import java.util.Map;

/**
 * How the learning rate moves: a factor on it for each step, a pure function of the number of steps
 * done. A schedule that listens to a metric, {@link Plateau}, gives its own successor instead.
 *
 * <p>In the formulas {@code s} is the number of steps done, 0 before the first.
 */
@FunctionalInterface
public interface Schedule {

  /** What the learning rate is multiplied by after so many steps. */
  double factor(long step);

  /** The schedule after a metric was measured; most do not listen. */
  default Schedule observe(double metric) {
    return this;
  }

  /** What changes in {@link #observe}, for the checkpoint. */
  default Map<String, Double> state() {
    return Map.of();
  }

  /** This schedule with the state of a checkpoint. */
  default Schedule withState(Map<String, Double> state) {
    return this;
  }

  /** A linear rise from 0 before this schedule: {@code s / steps}, then this one from its start. */
  default Schedule afterWarmup(long steps) {
    return new Warmup(steps, this);
  }

  /** 1. */
  static Schedule constant() {
    return new Exponential(1);
  }

  /** {@code γ^⌊s / size⌋}. */
  static Schedule step(long size, double gamma) {
    return new Steps(size, gamma);
  }

  /** {@code γ^k} once k of the milestones are reached. */
  static Schedule multiStep(List<Long> milestones, double gamma) {
    return new MultiStep(milestones, gamma);
  }

  /** {@code γˢ}. */
  static Schedule exponential(double gamma) {
    return new Exponential(gamma);
  }

  /** {@code (1 - s / total)^power}, then 0. */
  static Schedule polynomial(long total, double power) {
    return new Polynomial(total, power);
  }

  /** Half a cosine from 1 to 0 over {@code total} steps, then 0. */
  static Schedule cosine(long total) {
    return new Cosine(total, 0);
  }

  /** Half a cosine from 1 to {@code least} over {@code total} steps, then {@code least}. */
  static Schedule cosine(long total, double least) {
    return new Cosine(total, least);
  }

  /** A linear rise from 0 over {@code warmup} steps, then a cosine to 0 at step {@code total}. */
  static Schedule warmupCosine(long warmup, long total) {
    return cosine(Math.max(1, total - warmup)).afterWarmup(warmup);
  }

  /**
   * A linear rise {@code s / warmup}, then {@code √(warmup / s)} (Vaswani et al., 2017, section
   * 5.3, whose rates these are for a learning rate of {@code 1 / √(dim · warmup)}).
   */
  static Schedule inverseSquareRoot(long warmup) {
    return new InverseSquareRoot(warmup);
  }

  /** See {@link #step}. */
  record Steps(long size, double gamma) implements Schedule {
    public Steps {
      Checks.atLeast("step size", size, 1);
    }

    @Override
    public double factor(long step) {
      return Math.pow(gamma, (double) Math.floorDiv(step, size));
    }
  }

  /** See {@link #multiStep}. */
  record MultiStep(List<Long> milestones, double gamma) implements Schedule {
    public MultiStep {
      milestones = List.copyOf(milestones);
    }

    @Override
    public double factor(long step) {
      long reached = milestones.stream().filter(milestone -> milestone <= step).count();
      return Math.pow(gamma, (double) reached);
    }
  }

  /** See {@link #exponential}. */
  record Exponential(double gamma) implements Schedule {
    @Override
    public double factor(long step) {
      return Math.pow(gamma, (double) step);
    }
  }

  /** See {@link #polynomial}. */
  record Polynomial(long total, double power) implements Schedule {
    public Polynomial {
      Checks.atLeast("total of a schedule", total, 1);
    }

    @Override
    public double factor(long step) {
      return Math.pow(1 - (double) Math.min(step, total) / total, power);
    }
  }

  /** See {@link #cosine(long, double)} (Loshchilov and Hutter, 2017). */
  record Cosine(long total, double least) implements Schedule {
    public Cosine {
      Checks.atLeast("total of a schedule", total, 1);
    }

    @Override
    public double factor(long step) {
      double progress = (double) Math.min(step, total) / total;
      return least + (1 - least) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }

  /** See {@link #inverseSquareRoot}. */
  record InverseSquareRoot(long warmup) implements Schedule {
    public InverseSquareRoot {
      Checks.atLeast("warm-up of a schedule", warmup, 1);
    }

    @Override
    public double factor(long step) {
      return step < warmup ? (double) step / warmup : Math.sqrt((double) warmup / step);
    }
  }

  /** See {@link #afterWarmup}. */
  record Warmup(long steps, Schedule then) implements Schedule {
    @Override
    public double factor(long step) {
      return step < steps ? (double) step / steps : then.factor(step - steps);
    }

    @Override
    public Schedule observe(double metric) {
      return new Warmup(steps, then.observe(metric));
    }

    @Override
    public Map<String, Double> state() {
      return then.state();
    }

    @Override
    public Schedule withState(Map<String, Double> state) {
      return new Warmup(steps, then.withState(state));
    }
  }
}
