package dev.merapi.cli;

import dev.merapi.recipe.DescentRun;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.TrainingRun;
import dev.merapi.train.Environment;
import dev.merapi.train.Interrupts;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.watch.Reproduction;
import dev.merapi.watch.Runs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi reproduce}: trains a run again and compares the bits. */
@Command(
    name = "reproduce",
    description =
        "Trains a run again by its recipe, into a folder of its own, and compares every measured"
            + " number and the weights, bit by bit. Exit code 0: the same; 3: not the same.",
    mixinStandardHelpOptions = true)
final class Reproduce implements Callable<Integer> {
  /** The exit code for bits that differ. */
  private static final int DIFFERS = 3;

  @Spec private CommandSpec spec;
  @Mixin private Output output;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Where the data are; by default where the run had them.")
  private Optional<Path> data;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the new run's folder is made; by default beside the old one.")
  private Optional<Path> runs;

  @Override
  public Integer call() {
    var first = RunFolder.open(run);
    var record = new Runs(parent()).find(run.toString());
    var into = runs.orElse(parent());
    var recipe = Recipes.of(first, List.of());
    var second =
        switch (recipe) {
          case Recipe.Training training -> train(training, into);
          case Recipe.Descent descent -> {
            try (var writer = create(descent, Map.of(), into);
                var progress = output.progress()) {
              DescentRun.run(descent, writer, progress);
              yield Optional.of(writer.folder());
            }
          }
        };
    if (second.isEmpty()) {
      output.line("stopped: nothing was compared");
      return Output.INTERRUPTED;
    }
    var again = new Runs(into).find(second.get().path().toString());
    return tell(Reproduction.of(first, second.get()).with(record, again), second.get());
  }

  private Path parent() {
    return run.toAbsolutePath().normalize().getParent();
  }

  private Optional<RunFolder> train(Recipe.Training recipe, Path into) {
    output.line("%s: %s".formatted(recipe.name(), recipe.summary()));
    var prepared = TrainingRun.prepare(recipe, data.or(this::recordedData), output.downloads());
    prepared.memory().requireFits(Machine.offHeapLimit());
    try (var writer = create(recipe, prepared.fingerprints(), into);
        var interrupts =
            Interrupts.listen(() -> output.line("stopping after this step (again: at once)"));
        var progress = output.progress()) {
      prepared.train(writer, Optional.empty(), progress, interrupts::requested);
      return interrupts.requested() ? Optional.empty() : Optional.of(writer.folder());
    }
  }

  private RunWriter create(Recipe recipe, Map<String, String> fingerprints, Path into) {
    var arguments = spec.commandLine().getParent().getParseResult().originalArgs();
    return RunWriter.create(
        into,
        recipe.name(),
        recipe.yaml(),
        Environment.capture(arguments, recipe.seed(), fingerprints));
  }

  /** What the run's own command said with {@code --data}. */
  private Optional<Path> recordedData() {
    var recorded =
        RunFolder.open(run).readJson(RunFolder.ENVIRONMENT, Environment.class).commandLine();
    try {
      var parsed = Main.commandLine().parseArgs(recorded.toArray(String[]::new));
      return parsed.hasSubcommand()
          ? parsed.subcommand().matchedOptionValue("--data", Optional.<Path>empty())
          : Optional.empty();
    } catch (ParameterException _) {
      return Optional.empty(); // the command of another version, or of a program
    }
  }

  private int tell(Reproduction result, RunFolder second) {
    if (result.same()) {
      output.line(
          "the same to the last bit: %d lines of metrics, and the weights"
              .formatted(result.lines()));
    } else {
      output.line("not the same:");
      result.differences().forEach(line -> output.line("  " + line));
    }
    if (!result.surroundings().isEmpty()) {
      output.line("made with something else:");
      result.surroundings().forEach(line -> output.line("  " + line));
    }
    output.line("run   " + second.path());
    output.json(result);
    return result.same() ? 0 : DIFFERS;
  }
}
