package dev.merapi.bench;

import dev.merapi.train.CheckpointBenchmark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code merapi bench checkpoint}: what a checkpoint of 1.5 GB costs a training. */
@Command(
    name = "checkpoint",
    description =
        "Measures how long the training of GPT-2 (124 million weights, 1.5 GB with Adam's state)"
            + " stands still for a checkpoint, and how fast that is written beside the disk's own"
            + " speed.",
    mixinStandardHelpOptions = true)
final class CheckpointCommand implements Callable<Integer> {
  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "On the disk that is measured; by default ${DEFAULT-VALUE}.",
      defaultValue = "runs")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    CheckpointBenchmark.measure(folder);
    return 0;
  }
}
