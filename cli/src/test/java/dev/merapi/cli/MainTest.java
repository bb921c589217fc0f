package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  @Test
  void helpNamesEveryCommand() {
    assertEquals(0, run("--help"));
    for (var name : Main.commandLine().getSubcommands().keySet()) {
      assertTrue(out.toString().contains("\n  " + name), name);
    }
  }

  @Test
  void benchIsTheLaunchersToStart() {
    assertEquals(2, run("bench", "train", "w1"));
    assertTrue(err.toString().contains("run ./merapi bench train w1 in"), err.toString());
  }

  @Test
  void versionIsTheModulesOwn() {
    assertEquals(0, run("--version"));
    assertTrue(out.toString().matches("merapi \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R"), out.toString());
  }

  @Test
  void aMissingOrUnknownCommandIsTheUsersMistake() {
    assertEquals(2, run());
    assertEquals(2, run("dokter"));
    assertTrue(
        err.toString().contains("`dokter` has no meaning here; did you mean `doctor`?"),
        err.toString());
    assertEquals(2, run("train", "digits", "--epoch", "3"));
    assertTrue(
        err.toString().contains("`--epoch` has no meaning here; did you mean `--epochs`?"),
        err.toString());
  }

  @Test
  void doctorTellsAboutThisProcess() {
    assertEquals(0, run("doctor", "--json"));
    var lines = out.toString().lines().toList();
    var report = JsonMapper.shared().readTree(lines.getLast());
    var runtime = Runtime.getRuntime();
    assertEquals(System.getProperty("java.version"), report.get("jdk").asString());
    assertEquals(runtime.availableProcessors(), report.get("processors").asInt());
    assertEquals(runtime.maxMemory() >> 20, report.get("heap_mib").asLong());
    assertTrue(report.get("off_heap_mib").asLong() > 0);
    // The build runs tests with the module that the kernels need.
    assertTrue(report.get("vector_bits").asInt() >= 64);
  }

  @Test
  void doctorReadsWellToo() {
    assertEquals(0, run("doctor"));
    assertTrue(out.toString().contains(System.getProperty("java.version")), out.toString());
    assertTrue(out.toString().contains("Vector API"), out.toString());
    assertFalse(out.toString().contains("null"), out.toString());
  }
}
