package dev.merapi.evaluation;

import dev.merapi.evaluation.Measure.Scale;
import dev.merapi.tensor.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The areas under the curves of a classifier, and how sure one may be of them. */
final class Areas {
  /** Above so many scores there are no intervals: they would take longer than a look. */
  private static final long MOST_SCORES = 400_000;

  private final int samples;
  private final List<Ranked> classes;

  /** The scores of one class, sorted once for all resamples. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; its own
  private record Ranked(int[] descending, double[] scores, boolean[] positive) {
    static Ranked of(Classified said, int c) {
      double[] scores =
          IntStream.range(0, said.samples()).mapToDouble(i -> said.probability(i, c)).toArray();
      boolean[] positive = new boolean[scores.length];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = said.actual(i) == c;
      }
      return new Ranked(Ranking.descending(scores), scores, positive);
    }

    Ranking ranking(int[] times) {
      return Ranking.of(descending, scores, positive, times);
    }
  }

  private Areas(Classified said) {
    samples = said.samples();
    // With two classes, class 1 against class 0, as scikit-learn has it.
    classes =
        IntStream.range(said.classes() == 2 ? 1 : 0, said.classes())
            .mapToObj(c -> Ranked.of(said, c))
            .toList();
  }

  /** Both areas; none if a class has no samples or all. */
  static List<Measure> of(Classified said, Bootstrap bootstrap, Key key) {
    var areas = new Areas(said);
    int[] once = IntStream.range(0, said.samples()).map(_ -> 1).toArray();
    if (!areas.classes.stream().allMatch(ranked -> ranked.ranking(once).hasBothKinds())) {
      return List.of();
    }
    return List.of(
        areas.measure(
            "roc_auc",
            "ROC AUC",
            "how probable it is that a sample of a class has the greater score than another",
            Ranking::rocAuc,
            bootstrap,
            key),
        areas.measure(
            "pr_auc",
            "PR AUC",
            "average precision: how pure the best-scored samples of a class are",
            Ranking::averagePrecision,
            bootstrap,
            key));
  }

  private Measure measure(
      String name,
      String title,
      String meaning,
      ToDoubleFunction<Ranking> area,
      Bootstrap bootstrap,
      Key key) {
    double value = mean(area, IntStream.range(0, samples).toArray());
    var interval =
        (long) samples * classes.size() > MOST_SCORES
            ? Optional.<Bootstrap.Interval>empty()
            : Optional.of(bootstrap.of(samples, rows -> mean(area, rows), key));
    return new Measure(name, title, value, interval, Scale.NUMBER, meaning);
  }

  /** Over the classes that are told apart from anything in these rows. */
  private double mean(ToDoubleFunction<Ranking> area, int[] rows) {
    int[] times = new int[samples];
    for (int row : rows) {
      times[row]++;
    }
    return classes.stream()
        .map(ranked -> ranked.ranking(times))
        .filter(Ranking::hasBothKinds)
        .mapToDouble(area)
        .average()
        .orElse(0.5);
  }
}
