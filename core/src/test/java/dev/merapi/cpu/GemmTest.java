package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layout of the factors at awkward sizes, against sums in double. */
class GemmTest {
  private static final int[] SIZES = {0, 1, 7, 16, 17, 33, 1000};

  /** How a factor lies in memory. */
  private enum Layout {
    PLAIN,
    TRANSPOSED,
    STRIDED
  }

  static Stream<TileKernel> kernels() {
    return Kernels.vectorised()
        ? Stream.of(new VectorTile8(), new VectorTile6(), ScalarTile.plain())
        : Stream.of(ScalarTile.plain());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void equalsSumsInDouble(TileKernel kernel) {
    var random = new SplittableRandom(1);
    for (var shape : shapes(random)) {
      for (var left : Layout.values()) {
        for (var right : Layout.values()) {
          check(kernel, shape, left, right, random.nextBoolean());
        }
      }
    }
  }

  /**
   * All pairs of sizes with small partners, so that no case takes long; and blocks beyond one pass.
   */
  private static List<Gemm.Shape> shapes(SplittableRandom random) {
    var shapes = new ArrayList<Gemm.Shape>();
    for (int m : SIZES) {
      for (int n : SIZES) {
        for (int k : SIZES) {
          boolean small = (long) m * n * k <= 33 * 33 * 1000;
          if (small && (random.nextInt(3) == 0 || m == 0 || n == 0 || k == 0)) {
            shapes.add(new Gemm.Shape(1 + random.nextInt(3), m, n, k));
          }
        }
      }
    }
    shapes.add(new Gemm.Shape(1, 130, 600, 70));
    shapes.add(new Gemm.Shape(1, 65, 33, 800));
    shapes.add(new Gemm.Shape(2, 5, 9, 5000));
    shapes.add(new Gemm.Shape(0, 5, 9, 4));
    return shapes;
  }

  private static void check(
      TileKernel kernel, Gemm.Shape s, Layout left, Layout right, boolean accumulate) {
    try (var arena = Arena.ofConfined();
        var pool = new ComputePool(1)) {
      var a = Floats.random(arena, s.batch() * s.m() * s.k() * 2, 2);
      var b = Floats.random(arena, s.batch() * s.k() * s.n() * 2, 3);
      var c = Floats.random(arena, s.batch() * s.m() * (s.n() + 3), 4);
      var ma = matrix(a, left, s.m(), s.k());
      var mb = matrix(b, right, s.k(), s.n());
      float[] before = c.toArray();
      var out =
          new Gemm.Output(
              c.address(), (long) s.m() * (s.n() + 3), s.n() + 3, accumulate, Epilogue.NONE);
      Gemm.multiply(kernel, pool, s, ma, mb, out);
      float[] after = c.toArray();
      String name =
          "%s %s %s %s accumulate %b"
              .formatted(kernel.getClass().getSimpleName(), s, left, right, accumulate);
      int at = 0;
      for (int batch = 0; batch < s.batch(); batch++) {
        for (int i = 0; i < s.m(); i++) {
          for (int j = 0; j < s.n() + 3; j++, at++) {
            if (j >= s.n()) {
              assertEquals(before[at], after[at], name + ": written beyond the row");
              continue;
            }
            double sum = accumulate ? before[at] : 0;
            for (int p = 0; p < s.k(); p++) {
              sum +=
                  (double) Memory.getFloat(ma.at(batch, i, p))
                      * Memory.getFloat(mb.at(batch, p, j));
            }
            if (Math.abs(sum - after[at]) > 1e-6 * (s.k() + 10)) {
              assertEquals(sum, after[at], name + " at " + batch + ", " + i + ", " + j);
            }
          }
        }
      }
    }
  }

  private static Matrix matrix(Floats f, Layout layout, int rows, int columns) {
    return switch (layout) {
      case PLAIN -> Matrix.of(f.address(), rows, columns);
      case TRANSPOSED -> Matrix.of(f.address(), columns, rows).transposed();
      case STRIDED -> new Matrix(f.address(), 2L * rows * columns, 2L * columns, 2);
    };
  }

  @Test
  void aFactorMayBeSharedByTheBatch() {
    try (var arena = Arena.ofConfined();
        var pool = new ComputePool(1)) {
      var a = Floats.random(arena, 3 * 4 * 5, 1);
      var b = Floats.random(arena, 5 * 6, 2);
      var c = Floats.random(arena, 3 * 4 * 6, 3);
      var whole = Floats.random(arena, 3 * 4 * 6, 4);
      Gemm.multiply(
          pool,
          new Gemm.Shape(3, 4, 6, 5),
          Matrix.of(a.address(), 4, 5),
          new Matrix(b.address(), 0, 6, 1),
          Gemm.Output.of(c.address(), 4, 6));
      Gemm.multiply(
          pool,
          new Gemm.Shape(1, 12, 6, 5),
          Matrix.of(a.address(), 12, 5),
          Matrix.of(b.address(), 5, 6),
          Gemm.Output.of(whole.address(), 12, 6));
      assertArrayEquals(whole.toArray(), c.toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("bitShapes")
  void bitsDoNotDependOnThreads(Gemm.Shape s) {
    try (var arena = Arena.ofConfined()) {
      var a = Floats.random(arena, s.batch() * s.m() * s.k(), 1);
      var b = Floats.random(arena, s.batch() * s.k() * s.n(), 2);
      float[] first = null;
      for (int threads : new int[] {1, 2, 4}) {
        try (var pool = new ComputePool(threads)) {
          var c = Floats.random(arena, s.batch() * s.m() * s.n(), threads);
          Gemm.multiply(
              pool,
              s,
              Matrix.of(a.address(), s.m(), s.k()),
              Matrix.of(b.address(), s.n(), s.k()).transposed(),
              Gemm.Output.of(c.address(), s.m(), s.n()));
          float[] result = c.toArray();
          if (first == null) {
            first = result;
          }
          assertArrayEquals(first, result, 0, threads + " threads, " + s);
        }
      }
    }
  }

  static Stream<Gemm.Shape> bitShapes() {
    return Stream.of(
        new Gemm.Shape(1, 300, 700, 500),
        new Gemm.Shape(1, 32, 9, 20_000),
        new Gemm.Shape(7, 65, 33, 129),
        new Gemm.Shape(1, 64, 128, 784));
  }

  @ParameterizedTest
  @MethodSource("epilogueShapes")
  void epiloguesRunOnceOnFinishedElements(Gemm.Shape s) {
    try (var arena = Arena.ofConfined();
        var pool = new ComputePool(2)) {
      var a = Floats.random(arena, s.m() * s.k(), 1);
      var b = Floats.random(arena, s.k() * s.n(), 2);
      var plain = Floats.random(arena, s.m() * s.n(), 3);
      var c = Floats.random(arena, s.m() * s.n(), 4);
      var rowBias = Floats.random(arena, s.m(), 5);
      var columnBias = Floats.random(arena, s.n(), 6);
      var other = Floats.random(arena, s.m() * s.n(), 7);
      var ma = Matrix.of(a.address(), s.m(), s.k());
      var mb = Matrix.of(b.address(), s.k(), s.n());
      Gemm.multiply(pool, s, ma, mb, Gemm.Output.of(plain.address(), s.m(), s.n()));
      Gemm.multiply(
          pool,
          s,
          ma,
          mb,
          Gemm.Output.of(c.address(), s.m(), s.n())
              .then(Epilogue.rowBias(rowBias.address()))
              .then(Epilogue.columnBias(columnBias.address()))
              .then(Epilogue.residual(Matrix.of(other.address(), s.m(), s.n())))
              .then(Epilogue.relu()));
      float[] expected = plain.toArray();
      for (int i = 0; i < s.m(); i++) {
        for (int j = 0; j < s.n(); j++) {
          int at = i * s.n() + j;
          float sum = expected[at] + rowBias.get(i) + columnBias.get(j) + other.get(at);
          expected[at] = Math.max(sum, 0);
        }
      }
      assertArrayEquals(expected, c.toArray());
    }
  }

  static Stream<Gemm.Shape> epilogueShapes() {
    return Stream.of(
        new Gemm.Shape(1, 7, 17, 0),
        new Gemm.Shape(1, 65, 530, 401),
        new Gemm.Shape(1, 5, 9, 5000));
  }

  @Test
  void negativeSizesAreRefused() {
    var thrown = assertThrows(IllegalArgumentException.class, () -> new Gemm.Shape(1, 2, -3, 4));
    assertEquals("matrix product: negative size in batch 1, m 2, n -3, k 4", thrown.getMessage());
  }
}
