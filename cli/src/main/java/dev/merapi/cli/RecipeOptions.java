package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.RecipeException;
import dev.merapi.recipe.Recipes;
import dev.merapi.train.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every command that trains by a recipe. */
final class RecipeOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Where the data are; by default $MERAPI_DATA, else downloaded once.")
  private Optional<Path> data;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data.")
  private Optional<Integer> epochs;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Replaces a setting of the recipe, e.g. training.batch=32; may be repeated.")
  private List<String> settings = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Decides on all that is random.")
  private Optional<Long> seed;

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description = "Of matrix products and convolutions; by default what the recipe says.")
  private Optional<String> precision;

  @Option(
      names = "--on-bad-row",
      paramLabel = "fail|skip",
      description =
          "What to do with a row of a table that cannot be read; by default the recipe's.")
  private Optional<String> onBadRow;

  @Option(
      names = "--on-nan",
      paramLabel = "stop|skip|rollback",
      description =
          "What to do where the loss or a gradient is infinite or NaN: end, leave the step out, or"
              + " go on with the weights of the last checkpoint; by default the recipe's.")
  private Optional<String> onNan;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's folder is made; by default ${DEFAULT-VALUE}.",
      defaultValue = "runs")
  private Path runs;

  /** Where the user says that the data are. */
  Optional<Path> data() {
    return data;
  }

  /** Where folders of runs are made. */
  Path runs() {
    return runs;
  }

  /** Whether settings are changed that a run which goes on may change. */
  boolean changeSome() {
    return epochs.isPresent() || onNan.isPresent();
  }

  /** Whether settings are changed that a run which goes on must keep. */
  boolean changeMore() {
    return !settings.isEmpty() || seed.isPresent() || precision.isPresent() || onBadRow.isPresent();
  }

  /** The options that change the recipe, as settings. */
  List<String> changes() {
    var changes = new ArrayList<>(settings);
    epochs.ifPresent(count -> changes.add("training.epochs=" + count));
    seed.ifPresent(number -> changes.add("seed=" + number));
    precision.ifPresent(name -> changes.add("training.precision=" + name));
    onNan.ifPresent(choice -> changes.add("training.on_nan=" + choice));
    onBadRow.ifPresent(policy -> changes.add("data.on_bad_row=" + policy));
    return changes;
  }

  /** The recipe of that name or file, with the changes. */
  Recipe load(String name) {
    return Recipes.load(name, changes());
  }

  /** The same, where it has to train a network on data. */
  Recipe.Training training(String name) {
    return training(name, List.of());
  }

  /** The same with further settings. */
  Recipe.Training training(String name, List<String> more) {
    var all = new ArrayList<>(changes());
    all.addAll(more);
    if (Recipes.load(name, all) instanceof Recipe.Training training) {
      return training;
    }
    throw new RecipeException(
        "the recipe `%s` trains a handful of numbers and has no data to divide; name another (`merapi recipes` lists them)"
            .formatted(name));
  }

  /** What a run of this command is made with. */
  Environment environment(Recipe recipe, Map<String, String> data) {
    var arguments = spec.commandLine().getParent().getParseResult().originalArgs();
    return Environment.capture(arguments, recipe.seed(), data);
  }
}
