package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The three roles of a convolution, against its definition in double. */
class ConvolutionTest {
  static Stream<TileKernel> kernels() {
    return Kernels.vectorised()
        ? Stream.of(new VectorTile8(), new VectorTile6(), ScalarTile.plain())
        : Stream.of(ScalarTile.plain());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void randomShapesEqualTheDefinition(TileKernel kernel) {
    var random = new SplittableRandom(5);
    try (var pool = new ComputePool(2)) {
      for (int i = 0; i < 120; i++) {
        check(kernel, pool, randomShape(random));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void knownShapesEqualTheDefinition(ConvShape shape) {
    try (var pool = new ComputePool(2)) {
      check(TileKernel.best(), pool, shape);
    }
  }

  static Stream<ConvShape> shapes() {
    var same = ConvShape.Axis.of(28, 3, 1, 1, 1, 1);
    var wide = ConvShape.Axis.of(70, 5, 2, 2, 1, 3);
    return Stream.of(
        new ConvShape(5, 1, 1, 32, List.of(same, same)),
        new ConvShape(2, 1, 50, 40, List.of(ConvShape.Axis.of(14, 3, 1, 1, 1, 1), wide)),
        new ConvShape(2, 1, 33, 70, List.of(ConvShape.Axis.of(9, 1, 1, 0, 0, 1))), // pointwise
        new ConvShape(2, 1, 20, 30, List.of(ConvShape.Axis.of(16, 1, 2, 0, 0, 1), wide)),
        new ConvShape(3, 40, 40, 40, List.of(same, same)), // depthwise
        new ConvShape(1, 1, 3, 4, List.of(ConvShape.Axis.of(3000, 9, 4, 4, 4, 1))),
        new ConvShape(1, 2, 4, 6, List.of(ConvShape.Axis.of(80, 3, 1, 1, 1, 1), wide)), // bands
        new ConvShape(1, 1, 2, 3, List.of(same, same, ConvShape.Axis.of(6, 2, 1, 0, 1, 2))),
        new ConvShape(2, 1, 3, 2, List.of(ConvShape.Axis.of(7, 2, 5, 0, 0, 1))), // gaps
        new ConvShape(2, 1, 3, 2, List.of(ConvShape.Axis.of(7, 3, 1, -1, -2, 1))), // crops
        new ConvShape(0, 1, 3, 2, List.of(same)),
        new ConvShape(2, 1, 0, 2, List.of(same)),
        new ConvShape(2, 1, 3, 0, List.of(same)),
        new ConvShape(2, 1, 3, 2, List.of(ConvShape.Axis.of(2, 5, 1, 1, 1, 1))), // no output
        new ConvShape(2, 1, 3, 2, List.of(ConvShape.Axis.of(0, 1, 1, 2, 2, 1))));
  }

  private static ConvShape randomShape(SplittableRandom random) {
    int groups = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    var axes = new ArrayList<ConvShape.Axis>();
    int rank = 1 + random.nextInt(3);
    for (int d = 0; d < rank; d++) {
      axes.add(
          ConvShape.Axis.of(
              1 + random.nextInt(rank == 3 ? 8 : 40),
              1 + random.nextInt(4),
              1 + random.nextInt(3),
              random.nextInt(3),
              random.nextInt(3),
              1 + random.nextInt(2)));
    }
    int in = groups * (1 + random.nextInt(10));
    int out = groups * (1 + random.nextInt(10));
    return new ConvShape(1 + random.nextInt(4), groups, in, out, axes);
  }

  private static void check(TileKernel kernel, ComputePool pool, ConvShape s) {
    try (var arena = Arena.ofConfined()) {
      var x = Floats.random(arena, s.batch() * s.channelsIn() * s.inputs(), 1);
      var w = Floats.random(arena, s.channelsOut() * s.groupIn() * s.taps(), 2);
      var y = Floats.random(arena, s.batch() * s.channelsOut() * s.outputs(), 3);
      var dx = Floats.random(arena, x.count(), 4);
      var dw = Floats.random(arena, w.count(), 5);
      float[] dy = y.toArray();
      var convolution = new Convolution(kernel, pool, s);
      convolution.inputGradient(y.address(), w.address(), dx.address());
      convolution.weightGradient(x.address(), y.address(), dw.address());
      convolution.forward(x.address(), w.address(), y.address(), Epilogue.NONE);
      var expected = new Expected(s, x.toArray(), w.toArray(), dy);
      String name = kernel.getClass().getSimpleName() + " " + s;
      int terms = s.groupIn() * s.taps();
      assertClose(expected.y, y.toArray(), terms, "y of " + name);
      assertClose(expected.dx, dx.toArray(), s.groupOut() * s.taps(), "dx of " + name);
      assertClose(expected.dw, dw.toArray(), s.batch() * s.outputs(), "dw of " + name);
    }
  }

  private static void assertClose(double[] expected, float[] actual, int terms, String name) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i]) <= 1e-6 * (terms + 10))) {
        assertEquals(expected[i], actual[i], name + " at " + i);
      }
    }
  }

  /** The definition: every pair of output and tap, in double. */
  private static final class Expected {
    private final double[] y;
    private final double[] dx;
    private final double[] dw;

    Expected(ConvShape s, float[] x, float[] w, float[] dyValues) {
      y = new double[dyValues.length];
      dx = new double[x.length];
      dw = new double[w.length];
      int[] meeting = meetings(s);
      for (int n = 0; n < s.batch(); n++) {
        for (int out = 0; out < s.channelsOut(); out++) {
          for (int in = 0; in < s.groupIn(); in++) {
            int xChannel = n * s.channelsIn() + out / s.groupOut() * s.groupIn() + in;
            for (int m = 0; m < meeting.length; m += 3) {
              int atX = xChannel * s.inputs() + meeting[m];
              int atW = (out * s.groupIn() + in) * s.taps() + meeting[m + 1];
              int atY = (n * s.channelsOut() + out) * s.outputs() + meeting[m + 2];
              y[atY] += (double) x[atX] * w[atW];
              dx[atX] += (double) dyValues[atY] * w[atW];
              dw[atW] += (double) dyValues[atY] * x[atX];
            }
          }
        }
      }
    }

    /** Flat (input, tap, output) of all that meet, axis by axis. */
    private static int[] meetings(ConvShape s) {
      int[] all = {0, 0, 0};
      for (var axis : s.axes()) {
        int[] before = all;
        all =
            IntStream.range(0, axis.output() * axis.kernel())
                .flatMap(
                    i -> {
                      int output = i / axis.kernel();
                      int tap = i % axis.kernel();
                      int input = output * axis.stride() + tap * axis.dilation() - axis.padLow();
                      if (input < 0 || input >= axis.input()) {
                        return IntStream.empty();
                      }
                      return IntStream.range(0, before.length)
                          .map(
                              b ->
                                  switch (b % 3) {
                                    case 0 -> before[b] * axis.input() + input;
                                    case 1 -> before[b] * axis.kernel() + tap;
                                    default -> before[b] * axis.output() + output;
                                  });
                    })
                .toArray();
      }
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void bitsDoNotDependOnThreads(ConvShape s) {
    try (var arena = Arena.ofConfined()) {
      var x = Floats.random(arena, s.batch() * s.channelsIn() * s.inputs(), 1);
      var w = Floats.random(arena, s.channelsOut() * s.groupIn() * s.taps(), 2);
      var dy = Floats.random(arena, s.batch() * s.channelsOut() * s.outputs(), 3);
      var results = new ArrayList<List<float[]>>();
      for (int threads : new int[] {1, 2, 4}) {
        var y = Floats.random(arena, dy.count(), threads);
        var dx = Floats.random(arena, x.count(), threads);
        var dw = Floats.random(arena, w.count(), threads);
        try (var pool = new ComputePool(threads)) {
          var convolution = new Convolution(pool, s);
          convolution.forward(x.address(), w.address(), y.address(), Epilogue.NONE);
          convolution.inputGradient(dy.address(), w.address(), dx.address());
          convolution.weightGradient(x.address(), dy.address(), dw.address());
        }
        results.add(List.of(y.toArray(), dx.toArray(), dw.toArray()));
      }
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(results.get(0).get(i), results.get(1).get(i), 0);
        assertArrayEquals(results.get(0).get(i), results.get(2).get(i), 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void biasAndActivationRideOnTheStore(ConvShape s) {
    try (var arena = Arena.ofConfined();
        var pool = new ComputePool(2)) {
      var x = Floats.random(arena, s.batch() * s.channelsIn() * s.inputs(), 1);
      var w = Floats.random(arena, s.channelsOut() * s.groupIn() * s.taps(), 2);
      var bias = Floats.random(arena, s.channelsOut(), 3);
      var plain = Floats.random(arena, s.batch() * s.channelsOut() * s.outputs(), 4);
      var y = Floats.random(arena, plain.count(), 5);
      var convolution = new Convolution(pool, s);
      convolution.forward(x.address(), w.address(), plain.address(), Epilogue.NONE);
      convolution.forward(
          x.address(),
          w.address(),
          y.address(),
          Epilogue.rowBias(bias.address()).andThen(Epilogue.relu()));
      float[] expected = plain.toArray();
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Math.max(expected[i] + bias.get(i / s.outputs() % s.channelsOut()), 0);
      }
      assertArrayEquals(expected, y.toArray());
    }
  }

  @Test
  void badShapesAreRefused() {
    var axis = ConvShape.Axis.of(5, 3, 1, 1, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> new ConvShape(1, 2, 3, 4, List.of(axis)));
    assertThrows(IllegalArgumentException.class, () -> new ConvShape(1, 1, 3, 4, List.of()));
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> new ConvShape.Axis(5, 3, 5, 0, 1, 1));
    assertEquals(
        "convolution: bad axis, input 5, kernel 3, output 5, stride 0, dilation 1",
        thrown.getMessage());
  }
}
