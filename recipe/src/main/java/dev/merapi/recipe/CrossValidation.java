package dev.merapi.recipe;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import dev.merapi.train.EpochScores;
import dev.merapi.train.MemoryNeed;
import dev.merapi.train.Metrics;
import dev.merapi.train.Progress;
import dev.merapi.train.Scores;
import dev.merapi.train.StudyWriter;
import dev.merapi.train.Trained.Ending;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Trains a recipe once for each fold of its data, each time on the other folds, and measures it on
 * that fold: so every sample is tested, and the scores tell by how much chance moves them.
 */
public final class CrossValidation {
  /** The file of the scores in the study's folder; it is written anew after each fold. */
  public static final String FILE = "scores.json";

  /** The file of what each epoch of each fold has measured, a line each. */
  private static final String CURVES = "curves.jsonl";

  /** Above so many epochs a curve has no mark on each. */
  private static final int MARKED = 40;

  /** Charts: the loss and so many other metrics. */
  private static final int METRICS = 2;

  private final Recipe.Training recipe;
  private final List<Supplier<TrainingRun>> folds;
  private TrainingRun first;

  private CrossValidation(Recipe.Training recipe, List<Supplier<TrainingRun>> folds) {
    this.recipe = recipe;
    this.folds = folds;
    this.first = folds.getFirst().get();
  }

  /**
   * Loads the data, makes the folds and builds the first one's network; writes nothing.
   *
   * @param place where the data are, if the user said so
   * @param count how many folds, at least 2
   * @throws MerapiException if the data cannot be used, do not make so many folds, or the network
   *     does not fit them
   */
  public static CrossValidation prepare(
      Recipe.Training recipe, Optional<Path> place, int count, dev.merapi.data.Progress download) {
    return new CrossValidation(recipe, TrainingRun.folds(recipe, place, count, download));
  }

  /** What a study's folder keeps of it beside the recipe. */
  public record Study(int folds) {}

  /**
   * What one fold has come to.
   *
   * @param fold which, from 1
   * @param samples how many were tested
   * @param epochs that are complete
   * @param bestEpoch the epoch whose weights were measured
   * @param test loss and metrics on the fold itself, by name
   */
  public record Fold(
      int fold,
      long samples,
      int epochs,
      long bestEpoch,
      Map<String, Double> test,
      double seconds) {
    static Fold of(int fold, TrainingRun.Outcome outcome, Scores test) {
      var scores = new LinkedHashMap<String, Double>();
      scores.put("loss", test.loss());
      scores.putAll(test.metrics());
      return new Fold(
          fold,
          test.samples(),
          outcome.history().size(),
          outcome.counts().map(EpochScores::epoch).orElse(0L),
          scores,
          outcome.seconds());
    }
  }

  /**
   * What all of it has come to.
   *
   * @param study its folder
   * @param ending {@code complete} or {@code interrupted}
   * @param folds how many there are
   * @param results of those that are complete
   * @param test the spread of each score over those
   */
  public record Summary(
      String study,
      String recipe,
      String ending,
      int folds,
      List<Fold> results,
      Map<String, Spread> test) {
    static Summary of(Path study, String recipe, int folds, List<Fold> results) {
      var spreads = new LinkedHashMap<String, Spread>();
      if (!results.isEmpty()) {
        for (var name : results.getFirst().test().keySet()) {
          spreads.put(
              name, Spread.of(results.stream().map(result -> result.test().get(name)).toList()));
        }
      }
      return new Summary(
          study.toString(),
          recipe,
          results.size() == folds ? "complete" : "interrupted",
          folds,
          List.copyOf(results),
          spreads);
    }
  }

  /** What the study's folder is to keep of it. */
  public Study study() {
    return new Study(folds.size());
  }

  /** Sizes of the network and of the first fold. */
  public String sizes() {
    return "%d folds; the first: %s".formatted(folds.size(), first.sizes());
  }

  /** What whoever reads the results has to know, a sentence each. */
  public List<String> notes() {
    return first.notes();
  }

  /** The memory that a fold takes; they are trained one after another. */
  public MemoryNeed memory() {
    return first.memory();
  }

  /** The fingerprint of the first fold's training data. */
  public String fingerprint() {
    return first.fingerprint();
  }

  /**
   * Trains and measures fold by fold. After each, the scores of all so far are in the study's
   * folder.
   *
   * @param each is told of each fold when it is complete
   * @param stop asked after each step; the fold that it ends is left out
   */
  public Summary run(
      StudyWriter study, Progress progress, Consumer<Fold> each, BooleanSupplier stop) {
    var results = new ArrayList<Fold>();
    var summary = Summary.of(study.folder(), recipe.name(), folds.size(), results);
    for (int i = 0; i < folds.size(); i++) {
      var done = fold(i, study, progress, stop);
      if (done.isEmpty()) {
        return summary;
      }
      results.add(done.get());
      summary = Summary.of(study.folder(), recipe.name(), folds.size(), results);
      study.writeJson(FILE, summary);
      each.accept(done.get());
    }
    return summary;
  }

  private Optional<Fold> fold(int i, StudyWriter study, Progress progress, BooleanSupplier stop) {
    var run = i == 0 ? first : folds.get(i).get();
    first = run; // what was before may be forgotten
    try (var bar =
        progress.start(
            "fold %d/%d, epoch".formatted(i + 1, folds.size()), recipe.training().epochs())) {
      var outcome = run.fit(new EpochBar(bar), stop);
      if (outcome.ending() == Ending.INTERRUPTED) {
        return Optional.empty();
      }
      var done = Fold.of(i + 1, outcome, run.evaluate());
      outcome.history().forEach(epoch -> study.append(CURVES, line(i + 1, epoch)));
      return Optional.of(done);
    }
  }

  private static Map<String, Object> line(int fold, EpochScores epoch) {
    var line = new LinkedHashMap<String, Object>();
    line.put("fold", fold);
    line.put("epoch", epoch.epoch());
    line.putAll(epoch.train().named("train"));
    epoch.validation().ifPresent(scores -> line.putAll(scores.named("val")));
    return line;
  }

  /**
   * The curves of the folds: the loss and up to two metrics after each epoch, on the data that the
   * epochs are compared by, with those of training behind them.
   */
  public static List<Chart> charts(StudyWriter study, Summary summary) {
    var lines = study.lines(CURVES).lines();
    return lines.stream()
        .limit(1)
        .flatMap(line -> line.fields().keySet().stream())
        .filter(name -> name.startsWith("val_"))
        .map(name -> name.substring("val_".length()))
        .limit(1 + METRICS)
        .map(measure -> chart(lines, summary, measure))
        .toList();
  }

  private static Chart chart(List<Metrics.Line> lines, Summary summary, String measure) {
    var series = new ArrayList<Series>();
    for (var fold : summary.results()) {
      var name = fold.fold() == 1 ? "training" : "training " + fold.fold();
      series.add(new Series(name, points(lines, fold, "train_" + measure), Style.BACKGROUND));
    }
    for (var fold : summary.results()) {
      series.add(
          new Series(
              "fold " + fold.fold(),
              points(lines, fold, "val_" + measure),
              fold.epochs() > MARKED ? Style.LINE : Style.PATH));
    }
    var label = measure.replace('_', ' ');
    return new Chart(
        "%s, %d folds: %s".formatted(summary.recipe(), summary.folds(), label),
        "epoch",
        label,
        series);
  }

  private static List<Point> points(List<Metrics.Line> lines, Fold fold, String name) {
    var points = new ArrayList<Point>();
    for (var line : lines) {
      if (line.number("fold").orElseThrow() == fold.fold()) {
        points.add(new Point(line.number("epoch").orElseThrow(), line.number(name).orElseThrow()));
      }
    }
    return points;
  }
}
