package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A training in a process of its own, stopped by Ctrl-C or killed, and taken up again. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
final class InterruptedTrainingTest {
  @TempDir Path folder;

  /** Trains for longer than any test, with a checkpoint every epoch. */
  private ChildCommand start() throws IOException {
    return ChildCommand.start(
        folder.resolve("output.txt"),
        "train",
        "toy-classifier",
        "--set=training.report=1",
        "--epochs=1000000",
        "--runs=" + folder);
  }

  /** Waits for the first checkpoint, and returns the run's folder. */
  private Path running(ChildCommand child) throws IOException, InterruptedException {
    return child.folder(
        folder,
        run -> {
          var checkpoints = run.resolve("checkpoints").toFile().list();
          return checkpoints != null && checkpoints.length > 1;
        });
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
    try (var child = start()) {
      var run = running(child);
      assertEquals(130, child.interrupted(), child.said());
      assertTrue(child.said().contains("--resume " + run), child.said());
      goesOn(run);
    }
  }

  @Test
  void aKilledTrainingGoesOnFromItsCheckpoint() throws IOException, InterruptedException {
    try (var child = start()) {
      var run = running(child);
      child.kill();
      goesOn(run);
    }
  }
}
