package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A training in a process of its own, stopped by Ctrl-C or killed, and taken up again. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
final class InterruptedTrainingTest {
  @TempDir Path folder;

  /** Trains for longer than any test, with a checkpoint every epoch. */
  private Process start() throws IOException {
    var paths =
        Stream.of("surefire.test.class.path", "java.class.path", "jdk.module.path")
            .map(System::getProperty)
            .filter(path -> path != null && !path.isEmpty())
            .collect(Collectors.joining(File.pathSeparator));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            List.of(
                java,
                "-cp",
                paths,
                Main.class.getName(),
                "train",
                "toy-classifier",
                "--set=training.report=1",
                "--epochs=1000000",
                "--runs=" + folder))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output.txt").toFile())
        .start();
  }

  /** Waits for the first checkpoint, and returns the run's folder. */
  private Path running(Process child) throws IOException, InterruptedException {
    while (child.isAlive()) {
      try (var runs = Files.list(folder)) {
        var run = runs.filter(path -> Files.isDirectory(path.resolve("checkpoints"))).findFirst();
        if (run.isPresent() && run.get().resolve("checkpoints").toFile().list().length > 1) {
          return run.get();
        }
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException(Files.readString(folder.resolve("output.txt")));
  }

  private void goesOn(Path run) {
    var steps = dev.merapi.train.RunFolder.open(run).checkpoints().newest().checkpoint();
    long step = steps.orElseThrow().step();
    assertEquals(
        0,
        Main.commandLine()
            .execute("train", "--resume", run.toString(), "--epochs", Long.toString(step + 5)));
    var metrics = dev.merapi.train.RunFolder.open(run).metrics();
    assertEquals(0, metrics.torn());
    assertEquals(step + 5, metrics.lines().getLast().step());
  }

  @Test
  void ctrlCLeavesAUsableRun() throws IOException, InterruptedException {
    var child = start();
    try {
      var run = running(child);
      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
      assertTrue(child.waitFor(60, TimeUnit.SECONDS), "it did not end");
      var output = Files.readString(folder.resolve("output.txt"));
      assertEquals(130, child.exitValue(), output);
      assertTrue(output.contains("--resume " + run), output);
      goesOn(run);
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void aKilledTrainingGoesOnFromItsCheckpoint() throws IOException, InterruptedException {
    var child = start();
    try {
      var run = running(child);
      child.destroyForcibly().waitFor();
      goesOn(run);
    } finally {
      child.destroyForcibly();
    }
  }
}
