package dev.merapi.bench.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class FixedDataTest {
  /** What {@code bench/pytorch/peer.py} gives for the same streams. */
  @Test
  void theScriptForPythonDrawsTheSame() {
    assertArrayEquals(
        new float[] {0.91018683f, 0.098496795f, 0.045396566f, 0.24831152f},
        FixedData.uniform(1, 4));
    assertArrayEquals(new float[] {0.8203737f, 0.017589688f, 0.83912587f}, FixedData.uniform(2, 3));
    assertArrayEquals(new int[] {30317, 30663, 44364, 28617}, FixedData.below(2, 4, 50_257));
  }

  @Test
  void numbersFillTheirRange() {
    float[] values = FixedData.uniform(3, 10_000);
    double mean = 0;
    for (float value : values) {
      assertTrue(value >= 0 && value < 1);
      mean += value / values.length;
    }
    assertEquals(0.5, mean, 0.01);
    assertEquals(7, Arrays.stream(FixedData.below(4, 1_000, 7)).distinct().count());
  }
}
