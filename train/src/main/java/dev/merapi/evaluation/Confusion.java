package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often each class was taken for which: {@code counts[actual][predicted]}.
 *
 * <p>Precision is {@code TP / (TP + FP)}, recall {@code TP / (TP + FN)}, F1 their harmonic mean
 * {@code 2 TP / (2 TP + FP + FN)}; each is 0 where its denominator is. Averages leave out classes
 * that neither occur nor are predicted.
 */
public final class Confusion {
  private final long[][] counts;

  private Confusion(long[][] counts) {
    this.counts = counts;
  }

  /**
   * Counts pairs of class numbers.
   *
   * @param classes how many there are: numbers are from 0 to {@code classes - 1}
   * @throws MerapiException if there are not as many of both, or one is no class
   */
  public static Confusion of(int[] actual, int[] predicted, int classes) {
    if (actual.length != predicted.length) {
      throw new MerapiException(
          "confusion: %d actual classes but %d predicted ones; give one prediction for each sample"
              .formatted(actual.length, predicted.length));
    }
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < actual.length; i++) {
      counts[checked(actual[i], classes, i)][checked(predicted[i], classes, i)]++;
    }
    return new Confusion(counts);
  }

  private static int checked(int number, int classes, int sample) {
    if (number < 0 || number >= classes) {
      throw new MerapiException(
          "confusion: sample %d has the class %d, but there are the classes 0 to %d"
              .formatted(sample, number, classes - 1));
    }
    return number;
  }

  /** How many classes there are. */
  public int classes() {
    return counts.length;
  }

  /** How many samples of class {@code actual} were taken for {@code predicted}. */
  public long count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /** How many samples there are. */
  public long samples() {
    return IntStream.range(0, classes()).mapToLong(this::support).sum();
  }

  /** How many samples a class has. */
  public long support(int c) {
    return Arrays.stream(counts[c]).sum();
  }

  private long predicted(int c) {
    return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
  }

  private long right() {
    return IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum();
  }

  /** The share of samples that were taken for what they are. */
  public double accuracy() {
    return ratio(right(), samples());
  }

  /** The mean recall of the classes that have samples. */
  public double balancedAccuracy() {
    return IntStream.range(0, classes())
        .filter(c -> support(c) > 0)
        .mapToDouble(this::recall)
        .average()
        .orElse(0);
  }

  /** Of what was taken for the class, the share that is of it. */
  public double precision(int c) {
    return ratio(counts[c][c], predicted(c));
  }

  /** Of what is of the class, the share that was taken for it. */
  public double recall(int c) {
    return ratio(counts[c][c], support(c));
  }

  /** The harmonic mean of precision and recall. */
  public double f1(int c) {
    return ratio(2 * counts[c][c], predicted(c) + support(c));
  }

  /** Precision over all classes. */
  public double precision(Average average) {
    return average(average, this::precision);
  }

  /** Recall over all classes. */
  public double recall(Average average) {
    return average(average, this::recall);
  }

  /** F1 over all classes. */
  public double f1(Average average) {
    return average(average, this::f1);
  }

  private double average(Average average, IntToDoubleFunction measure) {
    return switch (average) {
      case MICRO -> accuracy();
      case MACRO ->
          IntStream.range(0, classes())
              .filter(c -> support(c) + predicted(c) > 0)
              .mapToDouble(measure)
              .average()
              .orElse(0);
      case WEIGHTED ->
          IntStream.range(0, classes())
                  .mapToDouble(c -> support(c) * measure.applyAsDouble(c))
                  .sum()
              / Math.max(1, samples());
    };
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
