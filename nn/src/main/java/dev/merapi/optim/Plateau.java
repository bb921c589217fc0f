package dev.merapi.optim;

import java.util.Map;

/**
 * Reduces the learning rate when a metric stops improving: after more than {@code patience}
 * measurements in a row without a better one the factor is multiplied by {@code reduction}.
 *
 * <p>Better is {@code metric < best · (1 - threshold)}, or {@code metric < best - threshold} when
 * the threshold is absolute; the other way round where the greatest is best. By default reduction =
 * 0.1, patience = 10, threshold = 10⁻⁴ (relative), no cooldown, no least factor. An immutable
 * value: {@link #observe} gives the next.
 *
 * @param cooldown measurements after a reduction in which none counts as bad
 * @param least the factor never falls below it
 * @param current the factor now
 * @param best the best metric so far
 * @param bad measurements since, without a better one
 * @param cooling measurements of the cooldown that are left
 */
public record Plateau(
    boolean greatestIsBest,
    double reduction,
    int patience,
    double threshold,
    boolean absolute,
    int cooldown,
    double least,
    double current,
    double best,
    int bad,
    int cooling)
    implements Schedule {

  /** For a metric to be made small, such as a loss. */
  public static Plateau ofLeast() {
    return new Plateau(false, 0.1, 10, 1e-4, false, 0, 0, 1, Double.POSITIVE_INFINITY, 0, 0);
  }

  /** For a metric to be made great, such as an accuracy. */
  public static Plateau ofGreatest() {
    return new Plateau(true, 0.1, 10, 1e-4, false, 0, 0, 1, Double.NEGATIVE_INFINITY, 0, 0);
  }

  public Plateau reduction(double reduction) {
    return options(reduction, patience, threshold, absolute, cooldown, least);
  }

  public Plateau patience(int patience) {
    return options(reduction, patience, threshold, absolute, cooldown, least);
  }

  /** By which part of the best a metric must be better. */
  public Plateau relativeThreshold(double threshold) {
    return options(reduction, patience, threshold, false, cooldown, least);
  }

  /** By how much a metric must be better. */
  public Plateau absoluteThreshold(double threshold) {
    return options(reduction, patience, threshold, true, cooldown, least);
  }

  public Plateau cooldown(int cooldown) {
    return options(reduction, patience, threshold, absolute, cooldown, least);
  }

  /** The factor that is not fallen below: the least learning rate as a part of the first. */
  public Plateau least(double least) {
    return options(reduction, patience, threshold, absolute, cooldown, least);
  }

  @Override
  public double factor(long step) {
    return current;
  }

  @Override
  public Plateau observe(double metric) {
    boolean better = better(metric);
    int badNow = better || cooling > 0 ? 0 : bad + 1;
    int coolingNow = Math.max(0, cooling - 1);
    double bestNow = better ? metric : best;
    return badNow > patience
        ? moved(Math.max(least, current * reduction), bestNow, 0, cooldown)
        : moved(current, bestNow, badNow, coolingNow);
  }

  private boolean better(double metric) {
    double margin = absolute ? threshold : threshold * best;
    if (Double.isInfinite(best)) {
      return greatestIsBest ? metric > best : metric < best;
    }
    return greatestIsBest ? metric > best + margin : metric < best - margin;
  }

  @Override
  public Map<String, Double> state() {
    return Map.of(
        "current", current, "best", best, "bad", (double) bad, "cooling", (double) cooling);
  }

  @Override
  public Plateau withState(Map<String, Double> state) {
    return moved(
        state.get("current"),
        state.get("best"),
        state.get("bad").intValue(),
        state.get("cooling").intValue());
  }

  private Plateau options(
      double reduction,
      int patience,
      double threshold,
      boolean absolute,
      int cooldown,
      double least) {
    return new Plateau(
        greatestIsBest,
        reduction,
        patience,
        threshold,
        absolute,
        cooldown,
        least,
        current,
        best,
        bad,
        cooling);
  }

  private Plateau moved(double current, double best, int bad, int cooling) {
    return new Plateau(
        greatestIsBest,
        reduction,
        patience,
        threshold,
        absolute,
        cooldown,
        least,
        current,
        best,
        bad,
        cooling);
  }
}
