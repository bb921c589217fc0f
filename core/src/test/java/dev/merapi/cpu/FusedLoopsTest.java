package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector loops of cross-entropy and of recurrent cells against scalar ones, to the bit. */
final class FusedLoopsTest {
  private static final int FLOATS = 8192;

  private static void same(LongConsumer scalar, LongConsumer vector) {
    assertTrue(VectorAttention.suits());
    assertArrayEquals(after(scalar), after(vector));
  }

  private static float[] after(LongConsumer loop) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment memory = Memory.allocate(arena, 4L * FLOATS);
      var random = new SplittableRandom(1);
      for (int i = 0; i < FLOATS; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-2, 2));
      }
      loop.accept(memory.address());
      return memory.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 15, 16, 17, 31, 32, 33, 1000})
  void softmax(int n) {
    var scalar = new ScalarSoftmax();
    var vector = new VectorSoftmax();
    same(
        at -> Memory.setFloat(at, scalar.most(at + 400, n)),
        at -> Memory.setFloat(at, vector.most(at + 400, n)));
    same(
        at -> Memory.setFloat(at, scalar.sumOfExponentials(at + 400, n, 0.5f)),
        at -> Memory.setFloat(at, vector.sumOfExponentials(at + 400, n, 0.5f)));
    same(
        at -> scalar.exponentials(at, n, 0.5f, 3, at + 8000),
        at -> vector.exponentials(at, n, 0.5f, 3, at + 8000));
    same(at -> scalar.exponentials(at, n, 0, -1, at), at -> vector.exponentials(at, n, 0, -1, at));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 48, 96, 256})
  void cells(int n) {
    var scalar = new ScalarGates();
    var vector = new VectorGates();
    same(at -> scalar.cell(at, at + 8000, n), at -> vector.cell(at, at + 8000, n));
    same(
        at -> scalar.cellGradient(at, at + 8000, at + 12000, at + 16000, at + 20000, n),
        at -> vector.cellGradient(at, at + 8000, at + 12000, at + 16000, at + 20000, n));
    same(at -> scalar.reset(at, n), at -> vector.reset(at, n));
    same(at -> scalar.update(at, at + 8000, n), at -> vector.update(at, at + 8000, n));
    same(
        at -> scalar.unitGradient(at, at + 8000, at + 12000, n),
        at -> vector.unitGradient(at, at + 8000, at + 12000, n));
  }
}
