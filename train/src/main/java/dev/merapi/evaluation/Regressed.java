package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What was predicted for numbers that are known. */
public final class Regressed implements Predictions<Regressed> {
  /** Below this, a number is no measure of an error's size. */
  private static final double LEAST = Math.ulp(1.0);

  private final double[] actual;
  private final double[] predicted;

  private Regressed(double[] actual, double[] predicted) {
    this.actual = actual;
    this.predicted = predicted;
  }

  /**
   * Takes the arrays over; they must not be changed after.
   *
   * @throws MerapiException if there are not as many of both, or none
   */
  public static Regressed of(double[] actual, double[] predicted) {
    if (actual.length != predicted.length || actual.length == 0) {
      throw new MerapiException(
          "regressed: %d actual numbers and %d predicted ones; give one prediction for each, and one or more"
              .formatted(actual.length, predicted.length));
    }
    return new Regressed(actual, predicted);
  }

  @Override
  public int samples() {
    return actual.length;
  }

  @Override
  public Regressed select(int... rows) {
    return new Regressed(
        Arrays.stream(rows).mapToDouble(row -> actual[row]).toArray(),
        Arrays.stream(rows).mapToDouble(row -> predicted[row]).toArray());
  }

  /** What is known of a sample. */
  public double actual(int sample) {
    return actual[sample];
  }

  /** What was predicted for it. */
  public double predicted(int sample) {
    return predicted[sample];
  }

  /** {@code actual - predicted}. */
  public double error(int sample) {
    return actual[sample] - predicted[sample];
  }

  private double squares() {
    return IntStream.range(0, samples()).mapToDouble(this::error).map(e -> e * e).sum();
  }

  /** Mean squared error. */
  public double meanSquaredError() {
    return squares() / samples();
  }

  /** The root of the mean squared error, in the unit of the numbers. */
  public double rootMeanSquaredError() {
    return Math.sqrt(meanSquaredError());
  }

  /** Mean absolute error, in the unit of the numbers. */
  public double meanAbsoluteError() {
    return IntStream.range(0, samples()).mapToDouble(this::error).map(Math::abs).sum() / samples();
  }

  /** The mean of {@code |actual - predicted| / |actual|}: 0.1 is ten percent. */
  public double meanAbsolutePercentageError() {
    return IntStream.range(0, samples())
            .mapToDouble(i -> Math.abs(error(i)) / Math.max(Math.abs(actual[i]), LEAST))
            .sum()
        / samples();
  }

  /**
   * The coefficient of determination {@code R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)²}: 1 is perfect, 0 as
   * good as always saying the mean. Where all numbers are equal: 1 if they are met, else 0.
   */
  public double rSquared() {
    double mean = Arrays.stream(actual).sum() / samples();
    double spread = Arrays.stream(actual).map(y -> (y - mean) * (y - mean)).sum();
    if (spread == 0) {
      return squares() == 0 ? 1 : 0;
    }
    return 1 - squares() / spread;
  }
}
