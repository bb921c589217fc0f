package dev.merapi.bench.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TaskTest {
  @Test
  void aProcessReadsWhatItIsTold() {
    for (Workload workload : Workload.all()) {
      var task = new Task(workload, "eager channels-last", "bf16", 2, 8, 0.5);
      var read = Task.parse(task.words().toArray(String[]::new));
      assertEquals(workload.kind(), read.workload().kind());
      assertEquals(workload.sizes(), read.workload().sizes());
      assertEquals("eager channels-last", read.setting());
      assertEquals(2, read.threads());
      assertEquals(8, read.warmUpSeconds());
      assertEquals(0.5, read.seconds());
      assertTrue(read.isBf16());
    }
  }

  @Test
  void tokensAreCountedWhereTextIsRead() {
    Workload gpt = find("w6b");
    assertEquals("tokens", gpt.unit());
    assertEquals(8 * 256, gpt.unitsAStep());
    assertEquals("samples", find("w1-512").unit());
    assertEquals(512, find("w1-512").unitsAStep());
    assertEquals(1, find("w10").unitsAStep());
  }

  @Test
  void aSizeIsChangedByNameAndAWrongNameIsRefused() {
    Workload deeper = find("w6b").with("layers", 12);
    assertEquals(12, deeper.size("layers"));
    assertEquals("w6b layers=12", deeper.name());
    var error = assertThrows(IllegalArgumentException.class, () -> find("w6b").with("layer", 12));
    assertTrue(error.getMessage().contains("has no size layer"), error.getMessage());
  }

  private static Workload find(String name) {
    return Workload.all().stream().filter(w -> w.name().equals(name)).findFirst().orElseThrow();
  }
}
