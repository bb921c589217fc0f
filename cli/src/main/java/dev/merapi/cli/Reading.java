package dev.merapi.cli;

import dev.merapi.recipe.DataSettings;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Report;
import dev.merapi.recipe.TrainedModel;
import dev.merapi.recipe.Translator;
import dev.merapi.train.RunFolder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as people read them. */
final class Reading {
  private Reading() {}

  /** What has come of a run. */
  static String of(Report report) {
    var text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d step%s in %.1f s",
                report.steps(),
                report.steps() == 1 ? "" : "s",
                report.seconds()));
    report
        .samplesPerSecond()
        .ifPresent(rate -> text.append(String.format(Locale.ROOT, ", %.0f samples/s", rate)));
    report
        .bestEpoch()
        .ifPresent(
            epoch -> text.append(String.format(Locale.ROOT, "; weights of epoch %d", epoch)));
    report
        .testLoss()
        .ifPresent(loss -> text.append("\ntest  ").append(scores(loss, report.test())));
    return text.toString();
  }

  /** A loss, and what else was measured: shares in percent. */
  static String scores(double loss, Map<String, Double> metrics) {
    var all = new LinkedHashMap<String, Double>();
    all.put("loss", loss);
    all.putAll(metrics);
    return scores(all);
  }

  /** What was measured, the loss among it, by name: shares in percent. */
  static String scores(Map<String, Double> scores) {
    return scores.entrySet().stream()
        .map(entry -> entry.getKey() + " " + score(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("  "));
  }

  /** One of them, without its name. */
  static String score(String name, double value) {
    return switch (name) {
      case "loss" -> String.format(Locale.ROOT, "%.4f", value);
      case "accuracy" -> String.format(Locale.ROOT, "%.2f %%", 100 * value);
      default -> String.format(Locale.ROOT, "%.5g", value);
    };
  }

  /** The command to type next. */
  static String next(RunFolder run) {
    return switch (Recipes.of(run, List.of())) {
      case Recipe.Training training when training.data() instanceof DataSettings.Audio ->
          "./merapi predict %s SOUND…".formatted(run.path());
      case Recipe.Training training when TrainedModel.readsPictures(training) ->
          "./merapi predict %s PICTURE…".formatted(run.path());
      case Recipe.Training training when TrainedModel.takesTables(training) ->
          "./merapi predict %s ROWS.csv".formatted(run.path());
      case Recipe.Training training when Translator.fits(training) ->
          "./merapi predict %s --text TEXT".formatted(run.path());
      case Recipe.Training training when TrainedModel.writesText(training) ->
          "./merapi generate " + run.path();
      case Recipe.Training _ -> "./merapi eval " + run.path();
      case Recipe.Descent _ -> "look at " + run.file("paths.png");
    };
  }
}
