package dev.merapi.cli;

import dev.merapi.recipe.CrossValidation;
import dev.merapi.recipe.CrossValidation.Fold;
import dev.merapi.recipe.CrossValidation.Summary;
import dev.merapi.train.Interrupts;
import dev.merapi.train.StudyWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi cv}: trains and measures a recipe fold by fold. */
@Command(
    name = "cv",
    description =
        "Trains a recipe once for each fold of its data and measures it on that fold: the mean and"
            + " the deviation of every score.",
    mixinStandardHelpOptions = true)
final class Cv implements Callable<Integer> {
  @Mixin private Output output;
  @Mixin private RecipeOptions options;

  @Parameters(
      paramLabel = "RECIPE",
      description = "A recipe's name, or a file that ends with .yaml.")
  private String recipe;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description =
          "How many parts, at least 2; by default ${DEFAULT-VALUE}. They are of the kind that the"
              + " recipe's data.split says: random, stratified, group or time.",
      defaultValue = "5")
  private int folds;

  @Override
  public Integer call() {
    var training = options.training(recipe);
    output.line("%s: %s".formatted(training.name(), training.summary()));
    // All that can be wrong with the user's input shows before a folder is made.
    var validation = CrossValidation.prepare(training, options.data(), folds, output.downloads());
    output.line(validation.sizes());
    validation.notes().forEach(note -> output.line("note: " + note));
    validation.memory().requireFits(Machine.offHeapLimit());
    try (var study =
            StudyWriter.create(
                options.runs(),
                "cv-" + training.name(),
                training.yaml(),
                options.environment(training, Map.of("train", validation.fingerprint())),
                validation.study());
        var interrupts =
            Interrupts.listen(() -> output.line("stopping after this step (again: at once)"))) {
      Summary summary;
      try (var progress = output.progress()) {
        summary = validation.run(study, progress, this::tell, interrupts::requested);
      }
      finish(summary, study);
      return summary.ending().equals("complete") ? 0 : Output.INTERRUPTED;
    }
  }

  private void tell(Fold fold) {
    output.line("fold %d/%d  %s".formatted(fold.fold(), folds, Reading.scores(fold.test())));
  }

  private void finish(Summary summary, StudyWriter study) {
    int done = summary.results().size();
    if (done < folds) {
      output.line("stopped: %d of %d folds are complete".formatted(done, folds));
    }
    if (done > 0) {
      output.line("mean ± deviation of %d fold%s".formatted(done, done == 1 ? "" : "s"));
      summary
          .test()
          .forEach(
              (name, spread) ->
                  output.line(
                      "  %-12s %s ± %s"
                          .formatted(
                              name,
                              Reading.score(name, spread.mean()),
                              Reading.score(name, spread.deviation()))));
      output.draw(study.file("folds.png"), CrossValidation.charts(study, summary));
    }
    output.line("study " + study.folder());
    output.json(summary);
  }
}
