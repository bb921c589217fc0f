package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
class InterruptsTest {
  @TempDir Path folder;

  /** Trains until it is interrupted, and then says good-bye; or never says it, if stubborn. */
  static final class Child {
    public static void main(String[] arguments) throws InterruptedException {
      boolean stubborn = arguments[0].equals("stubborn");
      try (var interrupts = Interrupts.listen(() -> IO.println("stopping"))) {
        IO.println("ready");
        while (stubborn || !interrupts.requested()) {
          Thread.sleep(5);
        }
      }
      IO.println("checkpoint written");
    }
  }

  @ParameterizedTest
  @CsvSource({"INT", "TERM"})
  void firstSignalLetsTheTrainingEnd(String signal) throws IOException, InterruptedException {
    var child = ChildJvm.start(Child.class, folder.resolve("errors"), "polite");
    try (var output = child.inputReader()) {
      assertEquals("ready", output.readLine());
      send(signal, child);
      assertEquals("stopping", output.readLine());
      assertEquals("checkpoint written", output.readLine());
      assertEquals(0, exitCode(child));
    } finally {
      child.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void secondSignalEndsTheProcessAtOnce(String signal, int exitCode)
      throws IOException, InterruptedException {
    var child = ChildJvm.start(Child.class, folder.resolve("errors"), "stubborn");
    try (var output = child.inputReader()) {
      assertEquals("ready", output.readLine());
      send("INT", child);
      assertEquals("stopping", output.readLine());
      send(signal, child);
      assertEquals(exitCode, exitCode(child));
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void requestsCountOnce() {
    var calls = new AtomicInteger();
    try (var interrupts = Interrupts.listen(calls::incrementAndGet)) {
      assertFalse(interrupts.requested());
      interrupts.request();
      interrupts.request();
      assertTrue(interrupts.requested());
    }
    assertEquals(1, calls.get());
  }

  private static void send(String signal, Process process)
      throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
    return process.exitValue();
  }
}
