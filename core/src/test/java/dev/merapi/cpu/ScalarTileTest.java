package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A scalar tile has every bit of the vector tile whose twin it is. */
class ScalarTileTest {
  private static final int FLOATS = 1 << 16;
  private static final long STRIDE = 4 * 137;

  /** Bytes of a result that are compared; what dots works in lies behind them. */
  private static final long RESULT = 1 << 15;

  @BeforeAll
  static void needsVectors() {
    Assumptions.assumeTrue(Kernels.vectorised(), "no Vector API");
  }

  static Stream<VectorPacking> kernels() {
    return Kernels.vectorised() ? Stream.of(new VectorTile8(), new VectorTile6()) : Stream.of();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesAlike(VectorPacking vector) {
    for (int depth : new int[] {0, 1, 7, 64, TileKernel.DEPTH}) {
      same(
          vector,
          (k, from, to) -> k.multiply(depth, from, from + 100, STRIDE, to, STRIDE, to, STRIDE));
      same(
          vector,
          (k, from, to) -> {
            long offsets = from + 4L * FLOATS - 8L * TileKernel.DEPTH & -8L;
            for (int p = 0; p < depth; p++) {
              Memory.setLong(offsets + 8L * p, 4L * (p * 31 % 500));
            }
            k.multiplyGathered(depth, from, from, offsets, to, STRIDE, to, STRIDE);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void addsRowsAndProductsAlike(VectorPacking vector) {
    for (int n : new int[] {0, 1, 15, 16, 17, 40, 133}) {
      for (int rows : new int[] {1, 4, 7, 16}) {
        same(vector, (k, from, to) -> k.addRows(rows, n, from, from + 64, STRIDE, to));
        same(vector, (k, from, to) -> k.dots(rows, n, from, from + 64, STRIDE, to, to + RESULT));
        same(
            vector,
            (k, from, to) -> {
              long rounded = from + 4L * FLOATS / 2; // bf16 of some thousandths to some
              for (int i = 0; i < rows * STRIDE / 2; i++) {
                Memory.setShort(
                    rounded + 2L * i, (short) ((i * 40503 & 0x8000) | (0x3C00 + i % 1021)));
              }
              long halves = to + 4L * RESULT;
              k.takeSecond(n / 2, from, halves);
              k.takeSecond(n / 2, from + 4, halves + n / 2 * 4L);
              k.halfDots(rows, n, from, halves, rounded + 2, STRIDE, to, to + RESULT);
            });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void movesAlike(VectorPacking vector) {
    for (int n : new int[] {0, 1, 15, 16, 17, 40, 100}) {
      same(vector, (k, from, to) -> k.copy(9, n, from, STRIDE, to, STRIDE + 4));
      same(vector, (k, from, to) -> k.takeSecond(n, from, to));
      same(vector, (k, from, to) -> k.putSecond(n, from, to));
      same(vector, (k, from, to) -> k.transpose(21, n, from, STRIDE, to, STRIDE));
      same(vector, (k, from, to) -> k.transpose(n, 21, from, STRIDE, to, STRIDE));
      same(vector, (k, from, to) -> k.add(n, from, to));
      same(vector, (k, from, to) -> k.addScalar(n, 0.3f, to));
      same(vector, (k, from, to) -> k.relu(n, to));
    }
    same(vector, (k, from, to) -> k.split(13, 3, from, 4 * 130, to, 4 * 1000));
  }

  /** One loop, from some memory to some other. */
  private interface Loop {
    void run(TileKernel kernel, long from, long to);
  }

  private static void same(VectorPacking vector, Loop loop) {
    int[] expected = bits(to -> loop.run(vector, to[0], to[1]));
    int[] actual = bits(to -> loop.run(vector.twin(), to[0], to[1]));
    assertArrayEquals(expected, actual);
  }

  private static int[] bits(Consumer<long[]> work) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment from = random(arena, 1);
      MemorySegment to = random(arena, 2);
      work.accept(new long[] {from.address(), to.address()});
      return to.asSlice(0, RESULT).toArray(ValueLayout.JAVA_INT);
    }
  }

  private static MemorySegment random(Arena arena, long seed) {
    var memory = Memory.allocate(arena, 4L * FLOATS);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < FLOATS; i++) {
      float x = i % 97 == 0 ? -0.0f : (float) random.nextDouble(-1, 1);
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
    }
    return memory;
  }
}
