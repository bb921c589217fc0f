package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import org.junit.jupiter.api.Test;

/** What is refused, and with what advice. */
final class MemoryNeedTest {
  private static String refused(MemoryNeed need, long limit) {
    return assertThrows(MerapiException.class, () -> need.requireFits(limit)).getMessage();
  }

  @Test
  void addsUpWhatIsOutsideOfTheHeap() {
    var need = new MemoryNeed(100, 60, 200, 50, 70, 1_000);
    assertEquals(370, need.offHeap());
    assertEquals(240, need.checkpoint());
    need.requireFits(370);
    refused(need, 369);
  }

  @Test
  void saysWhatToChange() {
    long gb = 1_000_000_000;
    var message = refused(new MemoryNeed(gb, 0, 2 * gb, 4 * gb, gb, 0), 6 * gb);
    assertTrue(message.startsWith("this training needs 7.00 GB of memory"), message);
    assertTrue(message.contains("and 6.00 GB may be taken"), message);
    assertTrue(message.contains("make `training.batch` smaller"), message);
    assertTrue(
        refused(new MemoryNeed(gb, 0, gb, gb, 8 * gb, 0), 6 * gb).contains("`evaluation.batch`"));
    assertTrue(
        refused(new MemoryNeed(4 * gb, 0, 8 * gb, gb, gb, 0), 6 * gb)
            .contains("make the model smaller"));
  }
}
