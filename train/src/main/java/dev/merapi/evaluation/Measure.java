package dev.merapi.evaluation;

import dev.merapi.evaluation.Bootstrap.Interval;
import java.util.Locale;
import java.util.Optional;

/**
 * One number that says how good predictions are.
 *
 * @param name what it is called: {@code roc_auc}
 * @param title the name as people read it: {@code ROC AUC}
 * @param value the measure
 * @param interval where it would be on other samples of the same kind, if that was asked for
 * @param scale how it is read
 * @param meaning what it is, in a sentence
 */
public record Measure(
    String name,
    String title,
    double value,
    Optional<Interval> interval,
    Scale scale,
    String meaning) {

  /** How a number is read. */
  public enum Scale {
    /** From 0 to 1, as percent. */
    SHARE,
    /** As it is. */
    NUMBER
  }

  /** The value as people read it: {@code 97.31 %}, {@code 0.0832}. */
  public String reading() {
    return reading(value);
  }

  /** The interval as people read it: {@code 96.90 – 97.65 %}; empty without one. */
  public String range() {
    return interval
        .map(
            both ->
                scale == Scale.SHARE
                    ? String.format(
                        Locale.ROOT, "%.2f – %.2f %%", 100 * both.low(), 100 * both.high())
                    : number(both.low()) + " – " + number(both.high()))
        .orElse("");
  }

  private String reading(double number) {
    return scale == Scale.SHARE
        ? String.format(Locale.ROOT, "%.2f %%", 100 * number)
        : number(number);
  }

  /** A number in four significant digits, without an exponent where one can do without. */
  public static String number(double value) {
    double size = Math.abs(value);
    return size != 0 && (size < 1e-4 || size >= 1e7)
        ? String.format(Locale.ROOT, "%.3e", value)
        : String.format(Locale.ROOT, "%." + decimals(size) + "f", value);
  }

  private static int decimals(double size) {
    return size == 0 ? 0 : Math.clamp(3 - (int) Math.floor(Math.log10(size)), 0, 6);
  }
}
