package dev.merapi.cli;

import dev.merapi.evaluation.Bootstrap.Interval;
import dev.merapi.evaluation.Measure;
import dev.merapi.recipe.TrainedModel;
import dev.merapi.recipe.TrainingRun;
import dev.merapi.report.EvaluationReport;
import dev.merapi.report.Finding;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.List;
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
    description =
        "Measures the network of a run on its test data, and writes a report into its folder.",
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
      long samples,
      List<Measured> measures,
      List<Finding> findings,
      String report) {}

  /** A measure, and where it would be on other samples of the same kind. */
  record Measured(String name, double value, Optional<Double> low, Optional<Double> high) {
    static Measured of(Measure measure) {
      return new Measured(
          measure.name(),
          measure.value(),
          measure.interval().map(Interval::low),
          measure.interval().map(Interval::high));
    }
  }

  @Override
  public Integer call() {
    var folder = RunFolder.open(run);
    var recipe = TrainedModel.training(folder);
    var checkpoint = TrainedModel.checkpoint(folder, recipe);
    var prepared = TrainingRun.open(folder, data, output.downloads());
    prepared.notes().forEach(note -> output.line("note: " + note));
    var evaluation = prepared.assess(folder, checkpoint);
    var report = EvaluationReport.of(evaluation);
    var scores = evaluation.scores();
    var accuracy = Optional.ofNullable(scores.metrics().get("accuracy"));
    output.line("%s, step %d, %d test samples".formatted(run, checkpoint.step(), scores.samples()));
    output.line("test  " + Reading.scores(scores.loss(), scores.metrics()));
    report.measures().forEach(measure -> output.line(line(measure)));
    report.findings().forEach(finding -> output.line(finding.title() + ": " + finding.text()));
    report.undrawn().ifPresent(why -> output.line("no pictures: " + why));
    var page = report.write(folder.path());
    output.line("report " + page);
    output.json(
        new Evaluated(
            run.toString(),
            checkpoint.step(),
            scores.loss(),
            accuracy,
            scores.metrics(),
            scores.samples(),
            report.measures().stream().map(Measured::of).toList(),
            report.findings(),
            page.toString()));
    return 0;
  }

  /** {@code Accuracy 97.31 % 96.90 – 97.65 %}. */
  private static String line(Measure measure) {
    return "  %-20s %10s   %s"
        .formatted(measure.title(), measure.reading(), measure.range())
        .stripTrailing();
  }
}
