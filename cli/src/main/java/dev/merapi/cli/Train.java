package dev.merapi.cli;

import dev.merapi.graph.Engine;
import dev.merapi.recipe.DescentRun;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Report;
import dev.merapi.recipe.TrainingRun;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.Charts;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.FileException;
import dev.merapi.train.Interrupts;
import dev.merapi.train.Progress;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
  @Spec private CommandSpec spec;
  @Mixin private Output output;
  @Mixin private RecipeOptions options;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "A recipe's name, or a file that ends with .yaml.")
  private Optional<String> recipe;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Goes on with a run from its newest checkpoint; --epochs and --on-nan may be given, too.")
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

  @Option(
      names = "--histograms",
      description =
          "Record after each epoch how weights and gradients are spread, for `merapi ui`; costs a"
              + " pass over one batch for each epoch.")
  private boolean histograms;

  @Mixin private Tracking tracking;

  @Override
  public Integer call() {
    if (recipe.isPresent() == resume.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          recipe.isPresent()
              ? "A run that is resumed has its recipe: give a recipe or --resume, not both."
              : "Name a recipe (`merapi recipes` lists them), for instance: merapi train digits");
    }
    if (resume.isPresent() && options.changeMore()) {
      throw new ParameterException(
          spec.commandLine(),
          "A run that is resumed keeps its settings: leave --set, --seed, --precision and"
              + " --on-bad-row.");
    }
    tracking.check();
    return resume.isPresent() ? resume(resume.get()) : start(options.load(recipe.get()));
  }

  private int start(Recipe recipe) {
    return switch (recipe) {
      case Recipe.Training training -> {
        // All that can be wrong with the user's input shows before a folder is made.
        var run = prepare(training);
        if (dryRun) {
          yield 0;
        }
        try (var writer = create(recipe, run.fingerprints())) {
          yield train(run, writer, Optional.empty());
        }
      }
      case Recipe.Descent descent -> {
        output.refuse(
            dryRun ? Optional.of(true) : Optional.empty(),
            "this recipe trains a handful of numbers; leave --dry-run away");
        output.refuse(
            options.data(), "this recipe makes its own data and reads none; leave --data away");
        try (var writer = create(recipe, Map.of())) {
          var report = profiled(writer.folder(), shown -> DescentRun.run(descent, writer, shown));
          yield finish(report, writer.folder());
        }
      }
    };
  }

  private int resume(Path path) {
    var folder = RunFolder.open(path);
    if (!(Recipes.of(folder, options.changes()) instanceof Recipe.Training training)) {
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
      if (options.changeSome()) {
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
              .orElse(
                  resumed.found().skipped().isEmpty()
                      ? "the run has no checkpoint yet: starting again"
                      : "the run has no whole checkpoint: starting again"));
      return train(run, writer, resumed.found().checkpoint());
    }
  }

  private TrainingRun prepare(Recipe.Training recipe) {
    output.line("%s: %s".formatted(recipe.name(), recipe.summary()));
    var run = TrainingRun.prepare(recipe, options.data(), output.downloads());
    output.line(run.sizes());
    run.notes().forEach(note -> output.line("note: " + note));
    var memory = run.memory();
    if (dryRun) {
      output.line(memory.table());
      output.json(memory);
    }
    run.requireFits(Machine.offHeapLimit());
    return run;
  }

  private RunWriter create(Recipe recipe, Map<String, String> data) {
    return RunWriter.create(
        options.runs(), recipe.name(), recipe.yaml(), options.environment(recipe, data));
  }

  private int train(TrainingRun run, RunWriter writer, Optional<Checkpoint> start) {
    if (histograms) {
      run.histograms();
    }
    try (var interrupts =
            Interrupts.listen(() -> output.line("stopping after this step (again: at once)"));
        var told = tracking.open(writer, start.map(Checkpoint::step).orElse(0L))) {
      var report =
          profiled(
              writer.folder(), shown -> run.train(writer, start, shown, interrupts::requested));
      int code = finish(report, writer.folder());
      told.end(interrupts.requested() ? "KILLED" : "FINISHED").ifPresent(output::line);
      return interrupts.requested() ? Output.INTERRUPTED : code;
    }
  }

  /** Trains, and says where the time went, if that is wanted. */
  private Report profiled(RunFolder folder, Function<Progress, Report> training) {
    if (!profile) {
      return shown(training);
    }
    try (var kernels = Engine.shared().profile()) {
      var report = shown(training);
      kernels.end();
      var table = kernels.table();
      AtomicFiles.write(folder.file("profile.txt"), table);
      AtomicFiles.write(folder.file("trace.json"), kernels.trace());
      output.line(table);
      output.line("trace " + folder.file("trace.json") + " (open it in https://ui.perfetto.dev)");
      return report;
    }
  }

  private Report shown(Function<Progress, Report> training) {
    try (var progress = output.progress()) {
      return training.apply(progress);
    }
  }

  private int finish(Report report, RunFolder folder) {
    output.draw(
        folder.file("learning-curve.png"),
        Charts.learningCurves(report.recipe(), folder.metrics()));
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
}
