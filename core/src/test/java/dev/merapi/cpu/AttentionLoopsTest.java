package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.AttentionLoops.Sums;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector loops of attention against scalar ones, to the bit. */
final class AttentionLoopsTest {
  private static final int FLOATS = 8192;

  /** What a loop makes of the same memory with each of the twins. */
  private static void same(BiConsumer<AttentionLoops, Long> loop) {
    assertTrue(VectorAttention.suits());
    float[] scalar = after(new ScalarAttention(), loop);
    assertArrayEquals(scalar, after(new VectorAttention(), loop));
  }

  private static float[] after(AttentionLoops loops, BiConsumer<AttentionLoops, Long> loop) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment memory = Memory.allocate(arena, 4L * FLOATS);
      var random = new SplittableRandom(1);
      for (int i = 0; i < FLOATS; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-4, 4));
      }
      for (int i = 3; i < FLOATS; i += 37) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NEGATIVE_INFINITY);
      }
      loop.accept(loops, memory.address());
      return memory.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 32, 112, 384})
  void wholeVectors(int n) {
    same(
        (loops, at) -> {
          var sums = new Sums(at + 4 * 7000, at + 4 * 7010, at + 4 * 7020);
          loops.softmax(at, 5, n, 0.7f, sums);
        });
    same((loops, at) -> loops.gradients(at, at + 4000, at + 8000, at + 12000, 0.3f, -1, n));
    same(
        (loops, at) ->
            loops.gradientsKept(at, at + 4000, at + 16000, at + 8000, at + 12000, 0.3f, 0.5f, n));
    same((loops, at) -> loops.scaleAndAdd(at, 0.3f, at + 4000, n));
    same((loops, at) -> loops.multiply(at, at + 4000, n));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 15, 16, 17, 32, 33, 1000})
  void anyLength(int n) {
    same((loops, at) -> loops.scaled(at, 0.3f, at + 8000, n));
    same((loops, at) -> Memory.setFloat(at, loops.dot(at + 4000, at + 8000, n)));
    for (int first : new int[] {0, 1, 2, 3, 4, 1001}) {
      same(
          (loops, at) -> {
            loops.dropout(-77, first, n, 0.6f, 2, at, at + 16000);
            Memory.zero(at + 4L * n, AttentionLoops.SLACK); // not a part of the result
            Memory.zero(at + 16000, AttentionLoops.wordBytes(n));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.25f, 1})
  void dropoutKeepsItsShare(float keep) {
    float[] drawn =
        after(
            new VectorAttention(),
            (loops, at) -> loops.dropout(5, 3, 4000, keep, 1, at, at + 16200));
    int kept = 0;
    for (int i = 0; i < 4000; i++) {
      kept += drawn[i] == 1 ? 1 : 0;
    }
    assertEquals(keep * 4000, kept, 150);
  }
}
