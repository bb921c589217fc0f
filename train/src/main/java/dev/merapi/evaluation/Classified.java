package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a classifier said of samples whose classes are known.
 *
 * <p>A probability is taken to be at least 2⁻²³ in logarithms, the precision of f32, so that a
 * single wrong certainty does not make a mean infinite.
 */
public final class Classified implements Predictions<Classified> {
  private static final double LEAST = Math.ulp(1f);

  private final int[] actual;
  private final float[] probabilities;
  private final int classes;

  private Classified(int[] actual, float[] probabilities, int classes) {
    this.actual = actual;
    this.probabilities = probabilities;
    this.classes = classes;
  }

  /**
   * Takes the arrays over; they must not be changed after.
   *
   * @param actual the class number of each sample
   * @param probabilities of the classes, (samples, classes) row by row, each row summing to 1
   * @throws MerapiException if lengths do not fit, there are fewer than two classes, a number is no
   *     class, or a probability is not from 0 to 1
   */
  public static Classified of(int[] actual, float[] probabilities, int classes) {
    if (classes < 2 || probabilities.length != (long) actual.length * classes) {
      throw new MerapiException(
          "classified: %d samples of %d classes want %d probabilities, but there are %d"
              .formatted(
                  actual.length, classes, (long) actual.length * classes, probabilities.length));
    }
    for (int i = 0; i < actual.length; i++) {
      if (actual[i] < 0 || actual[i] >= classes) {
        throw new MerapiException(
            "classified: sample %d has the class %d, but there are the classes 0 to %d"
                .formatted(i, actual[i], classes - 1));
      }
    }
    for (int i = 0; i < probabilities.length; i++) {
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1 + 1e-5f)) {
        throw new MerapiException(
            "classified: the probability of class %d for sample %d is %s; give probabilities, as a softmax makes them, not logits"
                .formatted(i % classes, i / classes, probabilities[i]));
      }
    }
    return new Classified(actual, probabilities, classes);
  }

  @Override
  public int samples() {
    return actual.length;
  }

  @Override
  public Classified select(int... rows) {
    int[] of = new int[rows.length];
    float[] probable = new float[rows.length * classes];
    for (int i = 0; i < rows.length; i++) {
      of[i] = actual[rows[i]];
      System.arraycopy(probabilities, rows[i] * classes, probable, i * classes, classes);
    }
    return new Classified(of, probable, classes);
  }

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** The class of a sample. */
  public int actual(int sample) {
    return actual[sample];
  }

  /** How probable a class was said to be. */
  public double probability(int sample, int c) {
    return probabilities[sample * classes + c];
  }

  /** The most probable class of a sample; the first of equals. */
  public int predicted(int sample) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (probability(sample, c) > probability(sample, best)) {
        best = c;
      }
    }
    return best;
  }

  /** How probable the predicted class was said to be. */
  public double confidence(int sample) {
    return probability(sample, predicted(sample));
  }

  /** The log loss of one sample: {@code -ln p} of its class. */
  public double surprise(int sample) {
    double p = probability(sample, actual[sample]);
    return -Math.log(Math.clamp(p, LEAST, 1 - LEAST));
  }

  /** Which class was taken for which. */
  public Confusion confusion() {
    int[] predicted = IntStream.range(0, samples()).map(this::predicted).toArray();
    return Confusion.of(actual, predicted, classes);
  }

  /** The share of samples whose most probable class is theirs. */
  public double accuracy() {
    return topK(1);
  }

  /** The share of samples whose class is among the k most probable; equals count the first. */
  public double topK(int k) {
    return mean(sample -> rank(sample) < k ? 1 : 0);
  }

  /** How many classes were thought more probable than the sample's own. */
  private int rank(int sample) {
    double own = probability(sample, actual[sample]);
    int rank = 0;
    for (int c = 0; c < classes; c++) {
      double p = probability(sample, c);
      rank += p > own || (p == own && c < actual[sample]) ? 1 : 0;
    }
    return rank;
  }

  /** The mean of {@code -ln p} of the samples' classes, in nats. */
  public double logLoss() {
    return mean(this::surprise);
  }

  /** {@code e} to the power of the log loss: among how many classes it is undecided. */
  public double perplexity() {
    return Math.exp(logLoss());
  }

  /**
   * The Brier score (1950): the mean over the samples of {@code Σ_c (p_c - y_c)²}; with two classes
   * half of it, so that it is {@code (p_1 - y_1)²}.
   */
  public double brier() {
    double sum =
        mean(
            sample ->
                IntStream.range(0, classes)
                    .mapToDouble(c -> probability(sample, c) - (actual[sample] == c ? 1 : 0))
                    .map(d -> d * d)
                    .sum());
    return classes == 2 ? sum / 2 : sum;
  }

  /** How well the probability of a class tells its samples from all others. */
  public Ranking ranking(int c) {
    boolean[] positive = new boolean[samples()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = actual[i] == c;
    }
    return Ranking.of(
        IntStream.range(0, samples()).mapToDouble(i -> probability(i, c)).toArray(), positive);
  }

  /**
   * The area under the ROC curve of class 1 against class 0; with more classes the mean of each
   * class against the others.
   *
   * @throws MerapiException if a class has no samples
   */
  public double rocAuc() {
    return overClasses(c -> ranking(c).rocAuc());
  }

  /**
   * Average precision of class 1 against class 0; with more classes the mean of each class against
   * the others.
   *
   * @throws MerapiException if a class has no samples
   */
  public double averagePrecision() {
    return overClasses(c -> ranking(c).averagePrecision());
  }

  private double overClasses(IntToDoubleFunction measure) {
    return classes == 2
        ? measure.applyAsDouble(1)
        : IntStream.range(0, classes).mapToDouble(measure).average().orElse(0);
  }

  /** How far the confidence in the predicted class is from how often it is right. */
  public Calibration calibration(int bins) {
    double[] confidences = IntStream.range(0, samples()).mapToDouble(this::confidence).toArray();
    boolean[] right = new boolean[samples()];
    for (int i = 0; i < right.length; i++) {
      right[i] = predicted(i) == actual[i];
    }
    return Calibration.of(confidences, right, bins);
  }

  private double mean(IntToDoubleFunction measure) {
    if (samples() == 0) {
      throw new MerapiException("classified: there are no samples to measure");
    }
    return IntStream.range(0, samples()).mapToDouble(measure).sum() / samples();
  }
}
