package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  record State(int epoch) {}

  private static final LocalDateTime NOON = LocalDateTime.of(2026, 3, 4, 12, 0, 5);
  private static final Environment HERE =
      Environment.capture(List.of("train", "digits"), 42, "sha256:00");

  @TempDir Path folder;

  @Test
  void newRunsHoldTheirRecipeAndSurroundings() throws IOException {
    try (var run = create("digits")) {
      assertEquals(folder.resolve("runs/digits-20260304-120005"), run.folder().path());
    }
    var run = RunFolder.open(folder.resolve("runs/digits-20260304-120005"));
    assertEquals("model: mlp\n", run.recipe());
    var environment =
        Json.MAPPER.readValue(Files.readAllBytes(run.file("environment.json")), Environment.class);
    assertEquals(HERE, environment);
    assertTrue(environment.merapi().matches("\\d+\\.\\d+\\.\\d+.*"), environment.merapi());
  }

  @Test
  void surroundingsNameNoPathsAndKeepTheFlagsThatMatter() {
    assertTrue(HERE.jvm().contains("--add-modules=jdk.incubator.vector"), HERE.jvm().toString());
    assertEquals(List.of(), HERE.jvm().stream().filter(flag -> flag.contains("/")).toList());
  }

  @Test
  void runsOfTheSameSecondGetDifferentNames() throws Exception {
    int threads = 8;
    try (var pool = Executors.newFixedThreadPool(threads)) {
      Callable<Path> one =
          () -> {
            try (var run = create("digits")) {
              return run.folder().path();
            }
          };
      var names = new HashSet<Path>();
      for (var done : pool.invokeAll(Stream.generate(() -> one).limit(threads).toList())) {
        names.add(done.get());
      }
      assertEquals(threads, names.size());
      assertTrue(names.contains(folder.resolve("runs/digits-20260304-120005-8")));
    }
  }

  @Test
  void oneTrainingAtATime() {
    Path path;
    try (var run = create("digits")) {
      path = run.folder().path();
      var error = assertThrows(FileException.class, () -> RunWriter.resume(path));
      assertTrue(
          error
              .getMessage()
              .contains(
                  "another training is writing to this run (process %d)"
                      .formatted(ProcessHandle.current().pid())),
          error.getMessage());
    }
    RunWriter.resume(path).writer().close();
  }

  @Test
  void failedResumesGiveTheLockBack() throws IOException {
    Path path;
    try (var run = create("digits")) {
      path = run.folder().path();
    }
    var metrics = path.resolve("metrics.jsonl");
    Files.delete(metrics);
    Files.createDirectory(metrics);
    assertThrows(FileException.class, () -> RunWriter.resume(path));
    Files.delete(metrics);
    RunWriter.resume(path).writer().close();
  }

  @Test
  void resumeCutsWhatLiesBehindTheCheckpoint() throws IOException {
    Path path;
    try (var run = create("digits")) {
      path = run.folder().path();
      run.append(1, Map.of("train_loss", 0.5));
      run.append(2, Map.of("train_loss", Double.NaN, "note", "ä\n"));
      save(run, 2);
      run.append(3, Map.of("train_loss", 0.25));
      save(run, 4);
    }
    Files.delete(path.resolve("checkpoints/step-00000004/manifest.json"));
    Files.createDirectory(path.resolve("checkpoints/.step-00000005.0123456789abcdef.aside"));
    var metrics = path.resolve("metrics.jsonl");
    Files.writeString(metrics, "null\n{\"step\":1,\"tra", StandardOpenOption.APPEND);
    assertEquals(2, RunFolder.open(path).metrics().torn());

    var resumed = RunWriter.resume(path);
    try (var run = resumed.writer()) {
      assertEquals(2, resumed.found().checkpoint().orElseThrow().step());
      assertEquals(1, resumed.found().skipped().size());
      run.append(3, Map.of("train_loss", 0.125));
    }
    var lines = RunFolder.open(path).metrics().lines();
    assertEquals(List.of(1L, 2L, 3L), lines.stream().map(Metrics.Line::step).toList());
    assertEquals(OptionalDouble.of(Double.NaN), lines.get(1).number("train_loss"));
    assertEquals("ä\n", lines.get(1).fields().get("note"));
    assertEquals(OptionalDouble.of(0.125), lines.get(2).number("train_loss"));
    assertEquals(OptionalDouble.empty(), lines.get(2).number("val_loss"));
    assertEquals(
        Set.of("step-00000002", "damaged-step-00000004"),
        Set.of(path.resolve("checkpoints").toFile().list()));
  }

  @Test
  void resumeWithoutACheckpointBeginsAgain() {
    Path path;
    try (var run = create("digits")) {
      path = run.folder().path();
      run.append(1, Map.of("train_loss", 0.5));
    }
    var resumed = RunWriter.resume(path);
    resumed.writer().close();
    assertTrue(resumed.found().checkpoint().isEmpty());
    assertEquals(List.of(), RunFolder.open(path).metrics().lines());
  }

  @Test
  void otherFoldersAreNotRuns() throws IOException {
    var none = folder.resolve("none");
    assertThrows(FileException.class, () -> RunFolder.open(none));
    var error = assertThrows(FileException.class, () -> RunWriter.resume(folder));
    assertTrue(error.getMessage().contains("not a run"), error.getMessage());
    assertFalse(Files.exists(folder.resolve(".lock")));
    Files.writeString(folder.resolve("file"), "");
    var below = folder.resolve("file");
    assertThrows(FileException.class, () -> RunWriter.create(below, "x", "", HERE));
    assertThrows(IllegalArgumentException.class, () -> RunWriter.create(folder, "../x", "", HERE));
  }

  private static void save(RunWriter run, long step) {
    run.save(step, Map.of("w", TestData.floats(step, 2)), Map.of(), new State(1));
  }

  private RunWriter create(String name) {
    return RunWriter.create(folder.resolve("runs"), name, "model: mlp\n", HERE, NOON);
  }
}
