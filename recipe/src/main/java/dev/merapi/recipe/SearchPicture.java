package dev.merapi.recipe;

import dev.merapi.train.ParallelCoordinates;
import dev.merapi.train.ParallelCoordinates.Axis;
import dev.merapi.train.ParallelCoordinates.Line;
import dev.merapi.train.ParallelCoordinates.Tick;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** The picture of a search: where its values stand on the axes, from 0 at the foot to 1. */
final class SearchPicture {
  private static final int TICKS = 5;
  private static final int SHORT = 14;

  /** Scores that are so many times apart are drawn by their logarithms. */
  private static final double WIDE = 20;

  private SearchPicture() {}

  /**
   * The trials that have a score, as lines across the settings and the score.
   *
   * @param ranking the best first
   */
  static ParallelCoordinates of(
      String recipe,
      List<SearchAxis> settings,
      String metric,
      boolean greatestIsBest,
      List<SearchResult> ranking) {
    var scored = ranking.stream().filter(SearchResult::isScored).toList();
    var scores =
        scores(
            metric,
            scored.stream().map(result -> result.score().orElseThrow()).toList(),
            greatestIsBest);
    var names = SearchResult.names(settings.stream().map(SearchAxis::path).toList());
    var axes = new ArrayList<Axis>();
    settings.forEach(setting -> axes.add(axis(names.get(setting.path()), setting)));
    axes.add(scores.axis());
    var lines = new ArrayList<Line>();
    for (var result : scored) {
      var at = new ArrayList<Double>();
      settings.forEach(setting -> at.add(place(setting, result.values().get(setting.path()))));
      at.add(scores.place(result.score().orElseThrow()));
      lines.add(new Line(at));
    }
    return new ParallelCoordinates(
        "%s: %d trials by %s".formatted(recipe, lines.size(), metric), axes, lines);
  }

  /** The axis of a setting. */
  private static Axis axis(String name, SearchAxis axis) {
    var ticks = new ArrayList<Tick>();
    switch (axis) {
      case SearchAxis.Choices choices -> {
        for (var choice : choices.choices()) {
          var plain = YamlTree.plain(choice);
          var text = YamlTree.line(plain);
          var label = text.length() > SHORT ? text.substring(0, SHORT - 1) + "…" : text;
          ticks.add(new Tick(place(axis, plain), label));
        }
      }
      case SearchAxis.Numbers(_, _, var limits, var whole) -> {
        int count = whole ? (int) Math.min(TICKS, limits.to() - limits.from() + 1) : TICKS;
        for (int i = 0; i < count; i++) {
          double value = limits.at((double) i / (count - 1));
          double shown = whole ? Math.rint(value) : value;
          ticks.add(new Tick(Math.clamp(limits.share(shown), 0, 1), number(shown)));
        }
      }
    }
    return new Axis(name, ticks);
  }

  /** Where a value stands. */
  private static double place(SearchAxis axis, Object value) {
    return switch (axis) {
      case SearchAxis.Numbers(_, _, var limits, _) -> limits.share(((Number) value).doubleValue());
      case SearchAxis.Choices(_, _, var choices) -> {
        var all = choices.stream().map(YamlTree::plain).toList();
        yield all.size() == 1 ? 0.5 : (double) all.indexOf(value) / (all.size() - 1);
      }
    };
  }

  /**
   * The axis of the scores: the better is up.
   *
   * @param worst at its foot
   * @param best at its head
   */
  private record ScoreAxis(String metric, double worst, double best, boolean byLogarithm) {
    double place(double score) {
      return best == worst ? 0.5 : (shown(score) - shown(worst)) / (shown(best) - shown(worst));
    }

    private double shown(double score) {
      return byLogarithm ? Math.log(score) : score;
    }

    Axis axis() {
      var ticks = new ArrayList<Tick>();
      int count = best == worst ? 1 : TICKS;
      for (int i = 0; i < count; i++) {
        double share = count == 1 ? 0 : (double) i / (count - 1);
        double at = shown(worst) + share * (shown(best) - shown(worst));
        ticks.add(new Tick(count == 1 ? 0.5 : share, number(byLogarithm ? Math.exp(at) : at)));
      }
      return new Axis(metric, ticks);
    }
  }

  private static ScoreAxis scores(String metric, List<Double> scores, boolean greatestIsBest) {
    double least = scores.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = scores.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    boolean byLogarithm = least > 0 && most > WIDE * least;
    return greatestIsBest
        ? new ScoreAxis(metric, least, most, byLogarithm)
        : new ScoreAxis(metric, most, least, byLogarithm);
  }

  /** Three digits that matter. */
  private static String number(double value) {
    var rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    boolean isPlain = value == 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6);
    return isPlain ? rounded.toPlainString() : rounded.toString();
  }
}
