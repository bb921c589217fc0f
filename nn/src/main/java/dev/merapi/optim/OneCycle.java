package dev.merapi.optim;

/**
 * One rise and one fall (Smith and Topin, 2018), with the optimizer's learning rate as the top.
 *
 * <p>The factor goes from {@code 1 / division} up to 1 during the first {@code rise} of the steps,
 * and down to {@code 1 / (division · finalDivision)} during the rest. In three phases it falls back
 * to its start as fast as it rose, and then to its end.
 *
 * <p>By default rise = 0.3, division = 25, finalDivision = 10⁴, along cosines, in two phases.
 *
 * @param total the number of steps
 */
public record OneCycle(
    long total,
    double rise,
    double division,
    double finalDivision,
    boolean linear,
    boolean threePhases)
    implements Schedule {

  public OneCycle {
    Checks.atLeast("total of a schedule", total, 1);
    Checks.that(rise >= 0 && rise <= 1, "the rise must be a part of the steps, 0 … 1, not " + rise);
  }

  public static OneCycle of(long total) {
    return new OneCycle(total, 0.3, 25, 1e4, false, false);
  }

  public OneCycle rise(double rise) {
    return new OneCycle(total, rise, division, finalDivision, linear, threePhases);
  }

  /** The start, 1 / division, and the end, 1 / (division · finalDivision). */
  public OneCycle divisions(double division, double finalDivision) {
    return new OneCycle(total, rise, division, finalDivision, linear, threePhases);
  }

  /** Along straight lines. */
  public OneCycle linearly() {
    return new OneCycle(total, rise, division, finalDivision, true, threePhases);
  }

  public OneCycle inThreePhases() {
    return new OneCycle(total, rise, division, finalDivision, linear, true);
  }

  @Override
  public double factor(long step) {
    double start = 1 / division;
    double end = start / finalDivision;
    double top = rise * total - 1; // the step of the highest rate; the last step is total - 1
    double last = total - 1.0;
    double s = Math.min((double) step, last);
    if (s < top) {
      return between(start, 1, part(0, s, top));
    }
    if (!threePhases) {
      return between(1, end, part(top, s, last));
    }
    double back = 2 * rise * total - 2;
    return s < back
        ? between(1, start, part(top, s, back))
        : between(start, end, part(back, s, last));
  }

  /** How much of the way s has gone; a phase without length is at its start. */
  private static double part(double from, double s, double to) {
    return to > from ? (s - from) / (to - from) : 0;
  }

  private double between(double from, double to, double progress) {
    return linear
        ? from + (to - from) * progress
        : to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
