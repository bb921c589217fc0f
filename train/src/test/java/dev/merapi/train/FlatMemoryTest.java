package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Splits;
import dev.merapi.nn.Loss;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A training of ten thousand steps, with a checkpoint every hundred, needs no more at its end. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "resident memory is read from /proc")
class FlatMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  /** Says what is resident after 2,000 and after 12,000 steps. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      float[] x = Key.of(7).uniform(-1, 1, Shape.of(80, 2)).toArray();
      var data = MemoryDataset.classified(x, Shape.of(2), new int[80], List.of("a", "b"));
      var steps = new AtomicLong();
      var surroundings = Environment.capture(List.of(), 3, "");
      try (var run = RunWriter.create(Path.of(arguments[0]), "flat", "name: x\n", surroundings)) {
        Trainer.of(Nets.Net.of(), Loss.crossEntropy(), Adam.of(0.01))
            .batch(8)
            .saveTo(run, Saving.DEFAULT.everySteps(100).everyEpochs(1_000_000))
            .stopWhen(
                () -> {
                  if (steps.incrementAndGet() % 10_000 == 2_000) {
                    IO.println(resident());
                  }
                  return steps.get() == 12_000;
                })
            .fit(Splits.of(data, data.take(8)), Epochs.of(1_000_000));
      }
    }

    private static long resident() {
      try {
        var pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1];
        return Long.parseLong(pages) * 4096;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void tenThousandStepsTakeNoMemory() throws IOException, InterruptedException {
    var errors = folder.resolve("errors");
    var command = ChildJvm.command(Child.class, folder.toString());
    // All of the heap is there from the start, so that what grows is outside it.
    command.command().addAll(1, List.of("-Xms48m", "-Xmx48m", "-XX:+AlwaysPreTouch"));
    var child = command.redirectError(errors.toFile()).start();
    try (var output = child.inputReader()) {
      var lines = output.readAllLines();
      assertEquals(0, child.waitFor(), () -> errors + " says why");
      assertEquals(2, lines.size(), lines.toString());
      long before = Long.parseLong(lines.getFirst());
      long grown = Long.parseLong(lines.getLast()) - before;
      assertTrue(grown < 8 * MIB, "%d MiB grew by %d MiB".formatted(before / MIB, grown / MIB));
    }
  }
}
