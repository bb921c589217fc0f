package dev.merapi.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.CpuBackend;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What a profile and a flight recording see of programs. */
final class ProfileTest {
  private final Engine engine = new Engine(CpuBackend.shared());
  private final Parameter x = Parameter.of(Key.of(1).uniform(32, 64));
  private final Parameter w = Parameter.of(Key.of(2).uniform(64, 16));
  private final Parameter v = Parameter.of(Key.of(3).uniform(16, 4));

  @BeforeEach
  void draw() {
    x.storage();
    w.storage();
    v.storage();
  }

  private void run(int times) {
    for (int i = 0; i < times; i++) {
      engine.run(List.of(x.matmul(w).relu().matmul(v)), List.of());
    }
  }

  private void runAnother() {
    engine.run(List.of(x.exp()), List.of());
  }

  @Test
  void countsEveryRunOfItsTimeAndNoOther() {
    run(3);
    try (var profile = engine.profile()) {
      run(1000);
      runAnother();
      profile.end();
      run(5);
      assertEquals(1, profile.compiled(), "the first program was compiled before");
      assertTrue(profile.compileSeconds() > 0);
      var programs = profile.programs();
      assertEquals(2, programs.size());
      var program = programs.stream().filter(p -> p.number() == 1).findFirst().orElseThrow();
      assertEquals(1000, program.runs());
      assertEquals(
          List.of("matmul + relu", "matmul"),
          program.kernels().stream().map(kernel -> kernel.cost().op()).toList());
      double sum = 0;
      for (var kernel : program.kernels()) {
        assertEquals(1000, kernel.calls());
        assertTrue(kernel.median() > 0 && kernel.median() < kernel.seconds(), kernel.toString());
        sum += kernel.seconds();
      }
      assertTrue(program.overhead() > 0);
      assertEquals(program.seconds(), sum + program.overhead(), 1e-9);
      assertTrue(program.seconds() < profile.seconds());
      double product = program.kernels().getFirst().median();
      assertEquals(
          (2.0 * 32 * 64 * 16 + 32 * 16) / product / 1e9,
          program.kernels().getFirst().gigaflops(),
          1e-6);
    }
  }

  @Test
  void theTraceIsALineOfTime() {
    try (var profile = engine.profile()) {
      run(4);
      var events = JsonMapper.shared().readTree(profile.trace()).get("traceEvents");
      var spans = new HashMap<String, List<double[]>>();
      events.forEach(
          event -> {
            if (event.get("ph").asString().equals("X")) {
              double from = event.get("ts").asDouble();
              spans
                  .computeIfAbsent(event.get("name").asString(), _ -> new ArrayList<>())
                  .add(new double[] {from, from + event.get("dur").asDouble()});
            }
          });
      assertEquals(
          Map.of("compile", 1, "program 1", 4, "matmul + relu", 4, "matmul", 4),
          Map.copyOf(sizes(spans)));
      for (int i = 0; i < 4; i++) {
        double[] program = spans.get("program 1").get(i);
        for (var op : List.of("matmul + relu", "matmul")) {
          double[] kernel = spans.get(op).get(i);
          assertTrue(program[0] <= kernel[0] && kernel[1] <= program[1] + 1e-3, op);
        }
      }
    }
  }

  private static Map<String, Integer> sizes(Map<String, List<double[]>> spans) {
    var sizes = new HashMap<String, Integer>();
    spans.forEach((name, list) -> sizes.put(name, list.size()));
    return sizes;
  }

  @Test
  void theOldestEventsOfATraceGiveWay() {
    var trace = new Trace(0);
    int label = trace.label("exp", "5", 5, 40);
    for (int i = 0; i < Trace.EVENTS + 7; i++) {
      trace.add(label, 1000L * i, 1000L * i + 500);
    }
    var events = JsonMapper.shared().readTree(trace.json()).get("traceEvents");
    assertEquals(Trace.EVENTS + 1, events.size());
    assertEquals(7, events.get(1).get("ts").asDouble());
    assertEquals(Trace.EVENTS + 6, events.get(Trace.EVENTS).get("ts").asDouble());
    assertEquals(0.01, events.get(1).get("args").get("GFLOP/s").asDouble());
  }

  @Test
  void theTableNamesProgramsAndKernels() {
    try (var profile = engine.profile()) {
      run(10);
      var table = profile.table();
      assertTrue(table.contains("10 runs of 1 programs; compiled meanwhile: 1"), table);
      assertTrue(
          table.lines().anyMatch(line -> line.matches(".* matmul \\+ relu +32×16×64")), table);
    }
  }

  @Test
  void oneProfileAtATime() {
    try (var _ = engine.profile()) {
      var e = assertThrows(MerapiException.class, engine::profile);
      assertTrue(e.getMessage().contains("close it first"), e.getMessage());
    }
    engine.profile().close();
  }

  @Test
  void aFlightRecordingHasStepsAndKernels(@TempDir Path folder) throws IOException {
    var file = folder.resolve("recording.jfr");
    try (var recording = new Recording()) {
      recording.enable("dev.merapi.Step").withThreshold(Duration.ZERO);
      recording.enable("dev.merapi.Kernel").withThreshold(Duration.ZERO);
      recording.start();
      assertTrue(StepEvent.recorded());
      run(3);
      recording.stop();
      recording.dump(file);
    }
    assertFalse(StepEvent.recorded());
    var events = RecordingFile.readAllEvents(file);
    var kernels =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("dev.merapi.Kernel"))
            .toList();
    assertEquals(3, events.size() - kernels.size());
    assertEquals(6, kernels.size());
    var product = kernels.stream().filter(e -> e.getString("op").equals("matmul + relu")).toList();
    assertEquals(3, product.size());
    assertEquals("32×16×64", product.getFirst().getString("shape"));
    assertEquals(2L * 32 * 64 * 16 + 32 * 16, product.getFirst().getLong("flops"));
  }
}
