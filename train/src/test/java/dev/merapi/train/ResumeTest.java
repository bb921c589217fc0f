package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten steps, a checkpoint and ten more are twenty steps, to the last bit: under every optimizer, on
 * any number of threads, and after a kill in between.
 */
class ResumeTest {
  @TempDir Path folder;

  @Test
  void partsAreTheWholeToTheLastBit() throws IOException, InterruptedException {
    var whole = run(1, "whole", "one");
    assertEquals(ResumeProgram.cases().size() + 1, whole.size(), () -> errors("one"));
    for (var line : whole.subList(0, whole.size() - 1)) {
      assertTrue(line.contains(": step 20, "), line);
    }
    assertEquals(whole, run(2, "whole", "two"), () -> errors("two"));
    assertEquals(whole, run(1, "parts", "parts-one"), () -> errors("parts-one"));
    assertEquals(whole, run(2, "parts", "parts-two"), () -> errors("parts-two"));
    kill(2, "killed");
    // On another number of threads than before.
    assertEquals(whole, run(1, "finish", "killed"), () -> errors("killed"));
  }

  @Test
  void everyOptimizerIsTried() throws IOException {
    var tried =
        ResumeProgram.cases().values().stream()
            .map(each -> each.optimizer().getClass())
            .collect(Collectors.toSet());
    try (var reader =
        ModuleLayer.boot()
            .configuration()
            .findModule("dev.merapi.nn")
            .orElseThrow()
            .reference()
            .open()) {
      var missing =
          reader
              .list()
              .filter(name -> name.matches("dev/merapi/optim/\\w+\\.class"))
              .map(name -> name.replace('/', '.').replace(".class", ""))
              .map(ResumeTest::type)
              .filter(type -> Optimizer.class.isAssignableFrom(type) && type.isRecord())
              .filter(type -> !tried.contains(type))
              .toList();
      assertEquals(List.of(), missing);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a program that runs to its end says. */
  private List<String> run(int threads, String mode, String runs)
      throws IOException, InterruptedException {
    var child = start(threads, mode, runs);
    try (var output = child.inputReader()) {
      var lines = output.readAllLines();
      assertEquals(0, child.waitFor(), () -> errors(runs));
      return lines;
    }
  }

  /** Ends a program as a power cut does, when every one of its trainings is between checkpoints. */
  private void kill(int threads, String runs) throws IOException, InterruptedException {
    var child = start(threads, "hang", runs);
    try (var output = child.inputReader()) {
      assertEquals("ready", output.readLine(), () -> errors(runs));
    } finally {
      child.destroyForcibly().waitFor();
    }
    for (var name : ResumeProgram.cases().keySet()) {
      var found = RunFolder.open(folder.resolve(runs, name)).checkpoints().newest();
      long step = found.checkpoint().orElseThrow().step();
      assertTrue(step == 10 || step == 12, "the one of step 12 may not be written yet: " + step);
    }
  }

  private Process start(int threads, String mode, String runs) throws IOException {
    var command = ChildJvm.command(ResumeProgram.class, folder.resolve(runs).toString(), mode);
    var arguments = new ArrayList<>(command.command());
    arguments.add(1, "-Dmerapi.threads=" + threads);
    return command
        .command(arguments)
        .redirectError(folder.resolve(runs + ".errors").toFile())
        .start();
  }

  private String errors(String runs) {
    try {
      return Files.readString(folder.resolve(runs + ".errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
