package dev.merapi.cli;

import dev.merapi.graph.Engine;
import dev.merapi.recipe.DescentRun;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Report;
import dev.merapi.recipe.TrainingRun;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.Charts;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.Environment;
import dev.merapi.train.FileException;
import dev.merapi.train.Interrupts;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi train}: trains a network by a recipe, or goes on with a run. */
@Command(
    name = "train",
    description = "Trains a network by a recipe (see `merapi recipes`), or goes on with a run.",
    mixinStandardHelpOptions = true)
final class Train implements Callable<Integer> {
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec;
  @Mixin private Output output;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "A recipe's name, or a file that ends with .yaml.")
  private Optional<String> recipe;

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
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's folder is made; by default ${DEFAULT-VALUE}.",
      defaultValue = "runs")
  private Path runs;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Goes on with a run from its newest checkpoint; --epochs may be given, too.")
  private Optional<Path> resume;

  @Option(
      names = "--dry-run",
      description = "Say how much memory the training is going to take, and end.")
  private boolean dryRun;

  @Option(
      names = "--profile",
      description =
          "Say where the time goes: a table of kernels, and profile.txt and trace.json in the"
              + " run's folder.")
  private boolean profile;

  @Override
  public Integer call() {
    if (recipe.isPresent() == resume.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          recipe.isPresent()
              ? "A run that is resumed has its recipe: give a recipe or --resume, not both."
              : "Name a recipe (`merapi recipes` lists them), for instance: merapi train digits");
    }
    if (resume.isPresent()
        && (!settings.isEmpty()
            || seed.isPresent()
            || precision.isPresent()
            || onBadRow.isPresent())) {
      throw new ParameterException(
          spec.commandLine(),
          "A run that is resumed keeps its settings: leave --set, --seed, --precision and"
              + " --on-bad-row.");
    }
    return resume.isPresent() ? resume(resume.get()) : start(Recipes.load(recipe.get(), changes()));
  }

  /** The options that change the recipe, as settings. */
  private List<String> changes() {
    var changes = new ArrayList<>(settings);
    epochs.ifPresent(count -> changes.add("training.epochs=" + count));
    seed.ifPresent(number -> changes.add("seed=" + number));
    precision.ifPresent(name -> changes.add("training.precision=" + name));
    onBadRow.ifPresent(policy -> changes.add("data.on_bad_row=" + policy));
    return changes;
  }

  private int start(Recipe recipe) {
    return switch (recipe) {
      case Recipe.Training training -> {
        // All that can be wrong with the user's input shows before a folder is made.
        var run = prepare(training);
        if (dryRun) {
          yield 0;
        }
        try (var writer = create(recipe, run.fingerprint())) {
          yield train(run, writer, Optional.empty());
        }
      }
      case Recipe.Descent descent -> {
        output.refuse(
            dryRun ? Optional.of(true) : Optional.empty(),
            "this recipe trains a handful of numbers; leave --dry-run away");
        output.refuse(data, "this recipe makes its own data and reads none; leave --data away");
        try (var writer = create(recipe, "")) {
          var report =
              profiled(writer.folder(), () -> DescentRun.run(descent, writer, output.progress()));
          yield finish(report, writer.folder());
        }
      }
    };
  }

  private int resume(Path path) {
    var folder = RunFolder.open(path);
    if (!(Recipes.of(folder, changes()) instanceof Recipe.Training training)) {
      throw new FileException(
          path, "this run is a demonstration of a second", "run its recipe again");
    }
    var run = prepare(training);
    if (dryRun) {
      return 0;
    }
    var resumed = RunWriter.resume(path);
    try (var writer = resumed.writer()) {
      // Weights of another network are refused before anything of the run is changed.
      resumed.found().checkpoint().ifPresent(run::load);
      if (epochs.isPresent()) {
        writer.replaceRecipe(training.yaml());
      }
      resumed
          .found()
          .skipped()
          .forEach(broken -> output.line("left out a checkpoint: " + broken.reason()));
      output.line(
          resumed
              .found()
              .checkpoint()
              .map(checkpoint -> "resuming at step " + checkpoint.step())
              .orElse("the run has no checkpoint yet: starting again"));
      return train(run, writer, resumed.found().checkpoint());
    }
  }

  private TrainingRun prepare(Recipe.Training recipe) {
    output.line("%s: %s".formatted(recipe.name(), recipe.summary()));
    var run = TrainingRun.prepare(recipe, data, output.downloads());
    output.line(run.sizes());
    run.notes().forEach(note -> output.line("note: " + note));
    var memory = run.memory();
    if (dryRun) {
      output.line(memory.table());
      output.json(memory);
    }
    memory.requireFits(Machine.offHeapLimit());
    return run;
  }

  private RunWriter create(Recipe recipe, String fingerprint) {
    var arguments = spec.commandLine().getParent().getParseResult().originalArgs();
    return RunWriter.create(
        runs,
        recipe.name(),
        recipe.yaml(),
        Environment.capture(arguments, recipe.seed(), fingerprint));
  }

  private int train(TrainingRun run, RunWriter writer, Optional<Checkpoint> start) {
    try (var interrupts =
        Interrupts.listen(() -> output.line("stopping after this step (again: at once)"))) {
      var report =
          profiled(
              writer.folder(),
              () -> run.train(writer, start, output.progress(), interrupts::requested));
      int code = finish(report, writer.folder());
      return interrupts.requested() ? INTERRUPTED : code;
    }
  }

  /** Trains, and says where the time went, if that is wanted. */
  private Report profiled(RunFolder folder, Supplier<Report> training) {
    if (!profile) {
      return training.get();
    }
    try (var kernels = Engine.shared().profile()) {
      var report = training.get();
      kernels.end();
      var table = kernels.table();
      AtomicFiles.write(folder.file("profile.txt"), table);
      AtomicFiles.write(folder.file("trace.json"), kernels.trace());
      output.line(table);
      output.line("trace " + folder.file("trace.json") + " (open it in https://ui.perfetto.dev)");
      return report;
    }
  }

  private int finish(Report report, RunFolder folder) {
    draw(folder, report.recipe());
    var run = folder.path();
    if (report.ending().equals("interrupted")) {
      output.line("stopped after step %d; go on with".formatted(report.steps()));
      output.line("  ./merapi train --resume " + run);
    } else {
      output.line(Reading.of(report));
      output.line("run   " + run);
      output.line("next  " + Reading.next(folder));
    }
    output.json(report);
    return 0;
  }

  /** A picture that cannot be drawn is no reason to lose a training. */
  private void draw(RunFolder folder, String name) {
    var charts = Charts.learningCurves(name, folder.metrics());
    if (charts.isEmpty()) {
      return;
    }
    try {
      Charts.write(folder.file("learning-curve.png"), charts);
    } catch (MerapiException e) {
      output.line("no learning curve: " + e.getMessage());
    }
  }
}
