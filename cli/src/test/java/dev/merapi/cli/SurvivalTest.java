package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.train.Checkpoint;
import dev.merapi.train.Metrics;
import dev.merapi.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What may happen to a training happens: it is killed at random moments, its disk fills up or
 * becomes read-only, its checkpoints are damaged. It always goes on from a whole checkpoint, says
 * which ones were not, and ends with the bits of a training to which nothing has happened.
 *
 * <p>{@code -Dmerapi.kills=200} kills so often, and damages as many files, instead of a few times.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals and mounts")
final class SurvivalTest extends CommandTest {
  private static final int ROUNDS = Integer.getInteger("merapi.kills", 4);

  /** Steps from a checkpoint to the next. */
  private static final int INTERVAL = 4;

  /** A megabyte a checkpoint, and an epoch in a fraction of a second. */
  private List<String> command(Path runs, long epochs) {
    return List.of(
        "train",
        "digits",
        "--epochs=" + epochs,
        "--runs=" + runs,
        "--set=data.train=64",
        "--set=data.validation=16",
        "--set=data.test=16",
        "--set=model.channels=[4]",
        "--set=model.hidden=[128]",
        "--set=training.batch=16",
        "--set=training.schedule={kind: constant}");
  }

  private ChildCommand start(List<String> arguments) throws IOException {
    return ChildCommand.start(folder.resolve("output.txt"), arguments.toArray(String[]::new));
  }

  private static Path onlyRun(Path runs) throws IOException {
    try (var folders = Files.list(runs)) {
      return folders.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }

  private Path trained(String runs, long epochs) throws IOException {
    assertEquals(0, run(command(folder.resolve(runs), epochs)), err);
    return onlyRun(folder.resolve(runs));
  }

  private static Checkpoint newest(Path run) {
    var found = RunFolder.open(run).checkpoints().newest();
    assertEquals(List.of(), found.skipped());
    return found.checkpoint().orElseThrow();
  }

  private static void assertSameTraining(Path expected, Path actual) throws IOException {
    var wanted = newest(expected);
    var got = newest(actual);
    assertEquals(wanted.step(), got.step());
    assertArrayEquals(
        Files.readAllBytes(wanted.modelFile()), Files.readAllBytes(got.modelFile()), "weights");
    assertArrayEquals(
        Files.readAllBytes(wanted.optimizerFile()), Files.readAllBytes(got.optimizerFile()));
    assertEquals(lines(expected), lines(actual));
    assertEquals(
        RunFolder.open(expected).checkpoints().best().orElseThrow().step(),
        RunFolder.open(actual).checkpoints().best().orElseThrow().step());
  }

  /** What was measured after each epoch, without the times. */
  private static List<String> lines(Path run) {
    return RunFolder.open(run).metrics().lines().stream()
        .filter(line -> line.fields().containsKey("train_loss")) // steps between depend on the plan
        .map(
            line -> {
              var fields = new TreeMap<>(line.fields());
              fields.keySet().removeAll(List.of("seconds", "samples_per_second"));
              return fields.toString();
            })
        .toList();
  }

  @Test
  void killedAtRandomMomentsItLosesNothingAndEndsTheSame() throws Exception {
    var runs = folder.resolve("killed");
    var random = new SplittableRandom(System.nanoTime());
    long before = 0;
    int whileWriting = 0;
    int lostMoreThanOneInterval = 0;
    var arguments = command(runs, 1_000_000);
    for (int kill = 0; kill < ROUNDS; kill++) {
      try (var child = start(arguments)) {
        // The first one has to leave a checkpoint; the others may be killed as they start.
        if (kill == 0) {
          child.folder(runs, run -> list(run.resolve("checkpoints")).contains("best.json"));
        }
        child.process().waitFor(random.nextInt(200, 3_000), TimeUnit.MILLISECONDS);
        assertTrue(child.process().isAlive(), child.said());
        child.kill();
      }
      var run = onlyRun(runs);
      if (list(run.resolve("checkpoints")).stream().anyMatch(name -> name.endsWith(".aside"))) {
        whileWriting++;
      }
      var checkpoint = newest(run);
      assertTrue(checkpoint.step() >= before, checkpoint.step() + " after " + before);
      for (var name : list(run.resolve("checkpoints"))) {
        if (name.startsWith("step-")) {
          Checkpoint.open(run.resolve("checkpoints", name));
        }
      }
      long lost = lost(RunFolder.open(run).metrics(), checkpoint.step());
      assertTrue(lost <= 2 * INTERVAL, lost + " steps were lost");
      lostMoreThanOneInterval += lost > INTERVAL ? 1 : 0;
      before = checkpoint.step();
      arguments = List.of("train", "--resume", run.toString());
    }
    long epochs = before / INTERVAL + 2;
    var run = onlyRun(runs);
    assertEquals(0, run("train", "--resume", run.toString(), "--epochs=" + epochs), err);
    assertSameTraining(trained("whole", epochs), run);
    IO.println(
        "%d kills, %d of them while a checkpoint was written; %d epochs; 0 damaged checkpoints; %d kills lost more than one interval, none more than two"
            .formatted(ROUNDS, whileWriting, epochs, lostMoreThanOneInterval));
  }

  private static long lost(Metrics metrics, long step) {
    assertTrue(metrics.torn() <= 1, "at most the last line may be torn");
    return metrics.lines().isEmpty() ? 0 : metrics.lines().getLast().step() - step;
  }

  private static List<String> list(Path folder) {
    var names = folder.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  @Test
  void damagedCheckpointsAreNamedAndTheOneBeforeIsUsed() throws IOException {
    var whole = trained("whole", 3);
    var random = new SplittableRandom(5);
    var names =
        List.of("model.safetensors", "optimizer.safetensors", "state.json", "manifest.json");
    for (int round = 0; round < Math.max(ROUNDS, names.size()); round++) {
      var name = names.get(round % names.size());
      var run = copy(whole, folder.resolve("damaged-" + round));
      var last = newest(run);
      damage(last.folder().resolve(name), random);
      assertEquals(0, run("train", "--resume", run.toString()), err);
      assertTrue(out.contains("left out a checkpoint: " + last.folder()), out);
      assertTrue(out.contains("resuming at step " + (last.step() - INTERVAL)), out);
      assertSameTraining(whole, run);
      // Nothing is thrown away: what is damaged may be mended by whoever has a copy.
      assertTrue(Files.isDirectory(last.folder().resolveSibling("damaged-step-00000012")));
    }
  }

  /** Cuts the file short, flips some bits, or writes zeros over a part of it. */
  private static void damage(Path file, SplittableRandom random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(3)) {
      case 0 -> Files.write(file, java.util.Arrays.copyOf(bytes, at));
      case 1 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
      }
      default -> {
        bytes[at] = (byte) (bytes[at] == 0 ? 1 : 0);
        java.util.Arrays.fill(
            bytes, at + 1, Math.min(bytes.length, at + 1 + random.nextInt(4096)), (byte) 0);
        Files.write(file, bytes);
      }
    }
  }

  @Test
  void withoutAnyWholeCheckpointItStartsAgainAndKeepsTheDamagedOnes() throws IOException {
    var whole = trained("whole", 2);
    var run = copy(whole, folder.resolve("damaged"));
    for (var name : list(run.resolve("checkpoints"))) {
      if (name.startsWith("step-")) {
        Files.write(run.resolve("checkpoints", name, "state.json"), new byte[3]);
      }
    }
    assertEquals(0, run("train", "--resume", run.toString()), err);
    assertTrue(out.contains("no whole checkpoint"), out);
    assertSameTraining(whole, run);
    assertTrue(
        list(run.resolve("checkpoints"))
            .containsAll(List.of("damaged-step-00000004", "damaged-step-00000008")));
  }

  @Test
  void aFullDiskEndsTheTrainingAndNothingElse() throws Exception {
    try (var disk = Disk.mount(folder.resolve("disk"), "8m")) {
      try (var child = start(command(disk.path(), 1_000_000))) {
        var run =
            child.folder(
                disk.path(), each -> list(each.resolve("checkpoints")).contains("best.json"));
        disk.fill();
        assertTrue(child.process().waitFor(60, TimeUnit.SECONDS), child.said());
        assertEquals(2, child.process().exitValue(), child.said());
        assertTrue(child.said().contains("the disk is full; free some space"), child.said());
        assertFalse(child.said().contains("\tat "), child.said());
        long step = newest(run).step();
        assertEquals(2, run("train", "--resume", run.toString()), err);
        assertTrue(err.contains("the disk is full"), err);
        assertEquals(step, newest(run).step());
        disk.empty();
        long epochs = step / INTERVAL + 2;
        assertEquals(0, run("train", "--resume", run.toString(), "--epochs=" + epochs), err);
        assertSameTraining(trained("whole", epochs), run);
      }
    }
  }

  @Test
  void aReadOnlyDiskIsNamedAndCanBeReadFrom() throws Exception {
    try (var disk = Disk.mount(folder.resolve("disk"), "16m")) {
      assertEquals(0, run(command(disk.path(), 2)), err);
      var run = onlyRun(disk.path());
      disk.remount("ro");
      assertEquals(2, run("train", "--resume", run.toString(), "--epochs=3"), err);
      assertTrue(err.contains("the disk is mounted read-only"), err);
      assertEquals(2, run(command(disk.path(), 2)), err);
      assertTrue(err.contains("the disk is mounted read-only"), err);
      newest(run);
      disk.remount("rw");
      assertEquals(0, run("train", "--resume", run.toString(), "--epochs=3"), err);
      assertSameTraining(trained("whole", 3), run);
    }
  }

  @Test
  void sigtermLeavesACheckpointOfTheStep() throws Exception {
    var runs = folder.resolve("runs");
    try (var child = start(command(runs, 1_000_000))) {
      child.folder(runs, run -> list(run.resolve("checkpoints")).contains("best.json"));
      child.process().destroy();
      assertTrue(child.process().waitFor(60, TimeUnit.SECONDS), child.said());
      assertEquals(130, child.process().exitValue(), child.said());
      var stopped = Pattern.compile("stopped after step (\\d+)").matcher(child.said());
      assertTrue(stopped.find(), child.said());
      assertEquals(Long.parseLong(stopped.group(1)), newest(onlyRun(runs)).step());
    }
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }

  /** A small disk in memory, where this process may mount one. */
  private record Disk(Path path) implements AutoCloseable {
    static Disk mount(Path path, String size) throws IOException, InterruptedException {
      Files.createDirectories(path);
      int code = mount("-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString());
      Assumptions.assumeTrue(code == 0, "skipped: this process may not mount a tmpfs");
      return new Disk(path);
    }

    private static int mount(String... arguments) throws IOException, InterruptedException {
      var command = new ArrayList<>(List.of("mount"));
      command.addAll(List.of(arguments));
      try {
        return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
      } catch (IOException _) {
        return -1; // there is no such program
      }
    }

    void remount(String mode) throws IOException, InterruptedException {
      assertEquals(0, mount("-o", "remount," + mode, path.toString()));
    }

    void fill() throws IOException {
      try (var file = Files.newOutputStream(path.resolve("filler"))) {
        byte[] block = new byte[4096];
        while (true) {
          file.write(block);
        }
      } catch (IOException _) {
        // full
      }
    }

    void empty() throws IOException {
      Files.delete(path.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
      new ProcessBuilder("umount", "-l", path.toString()).start().onExit().join();
    }
  }
}
