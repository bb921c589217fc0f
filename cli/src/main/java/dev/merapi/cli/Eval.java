package dev.merapi.cli;

import dev.merapi.recipe.TrainedModel;
import dev.merapi.recipe.TrainingRun;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi eval}: measures a run's network on the test data. */
@Command(
    name = "eval",
    description = "Measures the network of a run on its test data.",
    mixinStandardHelpOptions = true)
final class Eval implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Where the data are; by default $MERAPI_DATA, else downloaded once.")
  private Optional<Path> data;

  /** What {@code --json} prints. */
  record Evaluated(
      String run,
      long step,
      double testLoss,
      Optional<Double> testAccuracy,
      Map<String, Double> test,
      long samples) {}

  @Override
  public Integer call() {
    var folder = RunFolder.open(run);
    var recipe = TrainedModel.training(folder);
    var checkpoint = TrainedModel.checkpoint(folder, recipe);
    var prepared = TrainingRun.open(folder, data, output.downloads());
    prepared.notes().forEach(note -> output.line("note: " + note));
    var scores = prepared.evaluate();
    var accuracy = Optional.ofNullable(scores.metrics().get("accuracy"));
    output.line("%s, step %d, %d test samples".formatted(run, checkpoint.step(), scores.samples()));
    output.line("test  " + Reading.scores(scores.loss(), scores.metrics()));
    output.json(
        new Evaluated(
            run.toString(),
            checkpoint.step(),
            scores.loss(),
            accuracy,
            scores.metrics(),
            scores.samples()));
    return 0;
  }
}
