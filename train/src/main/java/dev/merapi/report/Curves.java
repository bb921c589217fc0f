package dev.merapi.report;

import dev.merapi.evaluation.Calibration;
import dev.merapi.evaluation.Classified;
import dev.merapi.evaluation.Ranking;
import dev.merapi.evaluation.Regressed;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The charts of an evaluation. */
final class Curves {
  /** So many classes have a curve, those that are told apart worst. */
  private static final int SHOWN = 5;

  /** More points than this are the same picture. */
  private static final int POINTS = 2_000;

  private static final int BARS = 40;

  private Curves() {}

  /** Confidence beside how often it is right, and how often each confidence comes. */
  static List<Chart> calibration(Calibration calibration) {
    var bins = calibration.bins();
    long all = bins.stream().mapToLong(Calibration.Bin::samples).sum();
    return List.of(
        Chart.of(
            "Reliability",
            "confidence",
            "share that is right",
            diagonal("perfectly calibrated", 0, 1),
            new Series(
                "this network",
                bins.stream().map(bin -> new Point(bin.confidence(), bin.accuracy())).toList(),
                Style.PATH)),
        Chart.of(
            "How often it is how sure",
            "confidence",
            "share of the samples",
            new Series(
                "this network",
                bins.stream()
                    .map(bin -> new Point(bin.confidence(), (double) bin.samples() / all))
                    .toList(),
                Style.PATH)));
  }

  /** ROC and precision-recall curves of the classes that are told apart worst. */
  static List<Chart> rankings(Classified said, List<String> classes) {
    record Named(String name, Ranking ranking) {}
    int first = said.classes() == 2 ? 1 : 0;
    var worst =
        IntStream.range(first, said.classes())
            .mapToObj(c -> new Named(classes.get(c), said.ranking(c)))
            .sorted(Comparator.comparingDouble(named -> named.ranking().rocAuc()))
            .limit(SHOWN)
            .toList();
    var roc = new ArrayList<Series>();
    roc.add(diagonal("guessing", 0, 1));
    var precision = new ArrayList<Series>();
    for (var named : worst) {
      var ranking = named.ranking();
      roc.add(curve(named.name(), ranking.rocAuc(), rocPoints(ranking)));
      precision.add(curve(named.name(), ranking.averagePrecision(), precisionPoints(ranking)));
    }
    return List.of(
        new Chart("ROC", "false positive rate", "true positive rate", roc),
        new Chart("Precision and recall", "recall", "precision", precision));
  }

  private static Series curve(String name, double area, List<Point> points) {
    return new Series(
        String.format(Locale.ROOT, "%s %.3f", shortened(name), area), thinned(points), Style.LINE);
  }

  private static List<Point> rocPoints(Ranking ranking) {
    var points = new ArrayList<Point>();
    points.add(new Point(0, 0));
    for (var point : ranking.points()) {
      points.add(
          new Point(
              (double) point.falsePositives() / ranking.negatives(),
              (double) point.truePositives() / ranking.positives()));
    }
    return points;
  }

  private static List<Point> precisionPoints(Ranking ranking) {
    return ranking.points().stream()
        .map(
            point ->
                new Point(
                    (double) point.truePositives() / ranking.positives(),
                    (double) point.truePositives()
                        / (point.truePositives() + point.falsePositives())))
        .toList();
  }

  /** Predictions over the truth, and what is left over the predictions. */
  static List<Chart> residuals(Regressed said, String target) {
    int[] shown = thinned(said.samples());
    double[] actual = Arrays.stream(shown).mapToDouble(said::actual).toArray();
    double[] predicted = Arrays.stream(shown).mapToDouble(said::predicted).toArray();
    double[] error = Arrays.stream(shown).mapToDouble(said::error).toArray();
    double low = Math.min(least(actual), least(predicted));
    double high = Math.max(most(actual), most(predicted));
    return List.of(
        Chart.of(
            "Predicted and true",
            "true " + target,
            "predicted",
            diagonal("perfect", low, high),
            Series.of("test samples", Style.POINTS, actual, predicted)),
        Chart.of(
            "Residuals",
            "predicted " + target,
            "true - predicted",
            Series.of(
                "perfect",
                Style.BACKGROUND,
                new double[] {least(predicted), most(predicted)},
                new double[2]),
            Series.of("test samples", Style.POINTS, predicted, error)));
  }

  /** How often errors are how large. */
  static Chart histogram(String title, String label, double[] values) {
    double low = least(values);
    double width = (most(values) - low) / BARS;
    long[] counts = new long[BARS];
    for (double value : values) {
      counts[width > 0 ? Math.min(BARS - 1, (int) ((value - low) / width)) : 0]++;
    }
    var points =
        IntStream.range(0, BARS)
            .mapToObj(
                bar -> new Point(low + (bar + 0.5) * width, (double) counts[bar] / values.length))
            .toList();
    return Chart.of(
        title, label, "share of the samples", new Series("test samples", points, Style.LINE));
  }

  private static Series diagonal(String name, double low, double high) {
    double[] ends = {low, high};
    return Series.of(name, Style.BACKGROUND, ends, ends);
  }

  private static List<Point> thinned(List<Point> points) {
    return Arrays.stream(thinned(points.size())).mapToObj(points::get).toList();
  }

  /** Numbers below {@code count}, evenly spread, the first and the last among them. */
  private static int[] thinned(int count) {
    int kept = Math.min(count, POINTS);
    return IntStream.range(0, kept)
        .map(i -> kept < 2 ? 0 : (int) ((long) i * (count - 1) / (kept - 1)))
        .toArray();
  }

  static String shortened(String name) {
    return name.length() <= 16 ? name : name.substring(0, 15) + "…";
  }

  private static double least(double[] values) {
    return Arrays.stream(values).min().orElse(0);
  }

  private static double most(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
