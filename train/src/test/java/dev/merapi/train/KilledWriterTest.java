package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A training that is killed while it writes checkpoints can always go on from a whole one. */
class KilledWriterTest {
  private static final int KILLS = 30;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  record State(long step) {}

  private Path folder;

  /** In memory where there is such a place: waiting for a busy disk would leave few kills. */
  @BeforeEach
  void makeFolder() throws IOException {
    var memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "merapi-killed")
            : Files.createTempDirectory("merapi-killed");
  }

  @AfterEach
  void deleteFolder() {
    AtomicFiles.deleteFolder(folder);
  }

  /** Goes on with a run and does nothing but write checkpoints, until it is killed. */
  static final class Child {
    public static void main(String[] arguments) {
      var resumed = RunWriter.resume(Path.of(arguments[0]));
      long step = resumed.found().checkpoint().map(Checkpoint::step).orElse(0L);
      // This loads the classes, so that the kill finds the writing and not the starting.
      Checkpoint.write(Path.of(arguments[1]), 0, arrays(0), arrays(0), new State(0));
      IO.println("ready");
      while (true) {
        step++;
        resumed.writer().append(step, Map.of("train_loss", 1.0 / step));
        resumed.writer().save(step, arrays(step), arrays(-step), new State(step));
        if (step % 2 == 0) {
          resumed.writer().folder().checkpoints().markBest(step);
        }
        resumed.writer().folder().checkpoints().prune(2);
      }
    }
  }

  private static Map<String, StoredArray> arrays(long first) {
    return Map.of("weight", TestData.floats(first, 300, 100), "bias", TestData.floats(first, 7));
  }

  @Test
  void newestCheckpointIsAlwaysWhole() throws IOException, InterruptedException {
    Path path;
    var surroundings = Environment.capture(List.of(), 1, "none");
    try (var run = RunWriter.create(folder, "killed", "x: 1\n", surroundings)) {
      path = run.folder().path();
    }
    var random = new SplittableRandom(7);
    long before = 0;
    var end = Instant.now().plus(LONGEST);
    for (int kill = 0; kill < KILLS && Instant.now().isBefore(end); kill++) {
      var child =
          ChildJvm.start(
              Child.class,
              folder.resolve("errors"),
              path.toString(),
              folder.resolve("warm-up").toString());
      try (var output = child.inputReader()) {
        assertEquals(
            "ready", output.readLine(), () -> folder.resolve("errors") + " says why it is not");
        Thread.sleep(random.nextInt(80), random.nextInt(1_000_000));
      } finally {
        child.destroyForcibly().waitFor();
      }
      before = checkAfterKill(path, before);
    }
    assertTrue(before > 0, "no checkpoint was ever written");
  }

  /** Nothing may be lost that was there before, and what is there must belong together. */
  private long checkAfterKill(Path path, long before) {
    var seen = RunFolder.open(path).checkpoints().newest();
    assertEquals(List.of(), seen.skipped(), "a reader must not meet a half checkpoint");
    var resumed = RunWriter.resume(path);
    resumed.writer().close();
    assertEquals(seen, resumed.found());
    long step = seen.checkpoint().map(Checkpoint::step).orElse(0L);
    assertTrue(step >= before, step + " after " + before);
    if (step > 0) {
      var checkpoint = seen.checkpoint().orElseThrow();
      assertEquals(new State(step), checkpoint.state(State.class));
      assertTrue(checkpoint.model().get("weight").sameAs(arrays(step).get("weight")));
      assertTrue(checkpoint.optimizer().get("bias").sameAs(arrays(-step).get("bias")));
      var lines = resumed.writer().folder().metrics().lines();
      assertEquals(step, lines.size());
      assertEquals(step, lines.getLast().step());
    }
    try (var entries = Files.list(path.resolve("checkpoints"))) {
      var left = entries.filter(entry -> entry.getFileName().toString().startsWith(".")).toList();
      assertEquals(List.of(), left, "leftovers are swept");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return step;
  }
}
