package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well scores tell positive samples from negative ones, whatever threshold is chosen: what the
 * ROC and precision-recall curves say.
 */
public final class Ranking {

  /**
   * What a threshold gives: samples with a score of at least it are taken for positive.
   *
   * @param threshold the score
   * @param truePositives positive samples among them
   * @param falsePositives negative samples among them
   */
  public record Point(double threshold, long truePositives, long falsePositives) {}

  private final List<Point> points;
  private final long positives;
  private final long negatives;

  private Ranking(List<Point> points, long positives, long negatives) {
    this.points = List.copyOf(points);
    this.positives = positives;
    this.negatives = negatives;
  }

  /**
   * Ranks samples by their scores.
   *
   * @throws MerapiException if there are not as many of both, a score is NaN, or one kind of sample
   *     is missing
   */
  public static Ranking of(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new MerapiException(
          "ranking: %d scores for %d samples; give one score for each sample"
              .formatted(scores.length, positive.length));
    }
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new MerapiException(
            "ranking: the score of sample %d is not a number; look at the model's outputs"
                .formatted(i));
      }
    }
    int[] once = new int[scores.length];
    Arrays.fill(once, 1);
    var ranking = of(descending(scores), scores, positive, once);
    if (!ranking.hasBothKinds()) {
      throw new MerapiException(
          "ranking: all %d samples are %s; a ranking wants both kinds"
              .formatted(scores.length, ranking.positives == 0 ? "negative" : "positive"));
    }
    return ranking;
  }

  /** The numbers of the samples, the greatest score first. */
  static int[] descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Ranks samples that come several times each, or never; one kind may be missing.
   *
   * @param descending the numbers of the samples, the greatest score first
   */
  static Ranking of(int[] descending, double[] scores, boolean[] positive, int[] times) {
    var points = new ArrayList<Point>();
    long hits = 0;
    long misses = 0;
    for (int rank = 0; rank < descending.length; rank++) {
      int i = descending[rank];
      hits += positive[i] ? times[i] : 0;
      misses += positive[i] ? 0 : times[i];
      if (rank + 1 == descending.length || scores[descending[rank + 1]] != scores[i]) {
        points.add(new Point(scores[i], hits, misses));
      }
    }
    return new Ranking(points, hits, misses);
  }

  /** Whether there are positive samples and negative ones, so that the areas mean something. */
  boolean hasBothKinds() {
    return positives > 0 && negatives > 0;
  }

  /** What each score that occurs gives as a threshold, the greatest first. */
  public List<Point> points() {
    return points;
  }

  /** How many samples are positive. */
  public long positives() {
    return positives;
  }

  /** How many samples are negative. */
  public long negatives() {
    return negatives;
  }

  /**
   * The area under the ROC curve: how probable it is that a positive sample has the greater score
   * than a negative one, equals counting half.
   */
  public double rocAuc() {
    double area = 0;
    long lastHits = 0;
    long lastMisses = 0;
    for (var point : points) {
      area += (point.falsePositives - lastMisses) * 0.5 * ((double) lastHits + point.truePositives);
      lastHits = point.truePositives;
      lastMisses = point.falsePositives;
    }
    return area / positives / negatives;
  }

  /**
   * Average precision, the area under the precision-recall curve as a sum of steps: {@code Σ (Rₙ -
   * Rₙ₋₁) Pₙ}.
   */
  public double averagePrecision() {
    double sum = 0;
    long last = 0;
    for (var point : points) {
      long taken = point.truePositives + point.falsePositives;
      double precision = (double) point.truePositives / Math.max(1, taken);
      sum += (point.truePositives - last) * precision;
      last = point.truePositives;
    }
    return sum / positives;
  }
}
