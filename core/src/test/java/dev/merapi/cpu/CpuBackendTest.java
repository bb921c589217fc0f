package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.ContractionOp;
import dev.merapi.graph.ConvGeometry;
import dev.merapi.graph.Ints;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.ReductionOp;
import dev.merapi.graph.Windows;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel but {@link Kernel.Rows} against the reference, on 1, 2 and 4 threads. */
class CpuBackendTest {
  private static double[] numbers(int n, long seed) {
    var random = new Random(seed);
    return random.doubles(n, -3, 3).map(v -> (float) v).toArray();
  }

  /** Few values, so that many are equal; some NaN, zeros of both signs. */
  private static double[] awkward(int n, long seed, DType dtype) {
    var random = new Random(seed);
    double[] choice = {0, -0.0, 1, -1, 2, Double.NaN, -1e30, 1e30, 0.5};
    return IntStream.range(0, n)
        .mapToDouble(
            _ -> dtype.isFloat() ? choice[random.nextInt(choice.length)] : random.nextInt(-3, 9))
        .map(v -> (float) v)
        .toArray();
  }

  private static Tensor tensor(DType dtype, double[] values, int... shape) {
    return new Tensor(new Op.Data(Reference.write(values, dtype), Shape.of(shape)));
  }

  private static void check(
      Kernel kernel, Buffers given, int out, Tensor expected, double tolerance) {
    double[] values = Reference.evaluate(expected);
    Set<List<Double>> results = new HashSet<>();
    for (int threads : new int[] {1, 2, 4}) {
      for (Loops loops : new Loops[] {new VectorLoops(), new ScalarLoops()}) {
        var buffers = given.copy();
        try (var pool = new ComputePool(threads)) {
          new CpuBackend(pool, loops).prepare(kernel).run(buffers.addresses());
        }
        buffers.assertMarginsUntouched();
        assertArrayEquals(values, buffers.values(out), tolerance, kernel.toString());
        results.add(DoubleStream.of(buffers.values(out)).boxed().toList());
      }
    }
    assertEquals(1, results.size(), () -> "different bits from run to run: " + kernel);
  }

  @Test
  void iota() {
    var buffers = new Buffers();
    int out = buffers.add(DType.I32, new double[1000]);
    check(new Kernel.Iota(out, 1000), buffers, out, Tensor.arange(1000), 0);
  }

  @ParameterizedTest
  @EnumSource(Op.Random.Distribution.class)
  void random(Op.Random.Distribution distribution) {
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 7, 63, 64, 65, 1000, 100_001}) {
      var buffers = new Buffers();
      int key = buffers.add(DType.I64, 123456789012345.0);
      int out = buffers.add(DType.F32, new double[n]);
      var tensor =
          new Tensor(
              new Op.Random(
                  distribution,
                  tensor(DType.I64, new double[] {123456789012345.0}, 1),
                  Shape.of(n)));
      double tolerance = distribution == Op.Random.Distribution.UNIFORM ? 0 : 1e-6;
      check(new Kernel.Random(distribution, key, out, n), buffers, out, tensor, tolerance);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "I32", "I64", "BF16", "U8"})
  void argReduceAndSort(DType dtype) {
    for (int rows : new int[] {0, 1, 7, 100}) {
      for (int columns : new int[] {1, 2, 17, 1000}) {
        double[] values = awkward(rows * columns, columns, dtype);
        if (dtype == DType.U8) {
          values = Arrays.stream(values).map(v -> Math.abs(v)).toArray();
        }
        var buffers = new Buffers();
        int x = buffers.add(dtype, values);
        int places = buffers.add(DType.I32, new double[rows]);
        int order = buffers.add(DType.I32, new double[rows * columns]);
        var tensor = tensor(dtype, values, rows, columns);
        for (boolean flag : new boolean[] {false, true}) {
          check(
              new Kernel.ArgReduce(flag, dtype, x, places, rows, columns),
              buffers,
              places,
              new Tensor(new ReductionOp.ArgReduce(flag, tensor)),
              0);
          check(
              new Kernel.ArgSort(dtype, flag, x, order, rows, columns),
              buffers,
              order,
              new Tensor(new ReductionOp.ArgSort(tensor, flag)),
              0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "I32", "I64"})
  void cumsum(DType dtype) {
    for (int columns : new int[] {1, 17, 1000}) {
      double[] values = dtype.isFloat() ? numbers(7 * columns, 3) : awkward(7 * columns, 3, dtype);
      var buffers = new Buffers();
      int x = buffers.add(dtype, values);
      int out = buffers.add(dtype, new double[values.length]);
      check(
          new Kernel.Cumsum(dtype, x, out, 7, columns),
          buffers,
          out,
          new Tensor(new ReductionOp.Cumsum(tensor(dtype, values, 7, columns))),
          1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 64, 129, 300})
  void lookups(int width) {
    int batch = 3;
    int rows = 10;
    for (int count : new int[] {0, 1, 50, 3000}) {
      for (DType dtype : new DType[] {DType.F32, DType.I64}) {
        double[] index =
            new Random(1).ints((long) batch * count, 0, rows).asDoubleStream().toArray();
        // whole numbers: sums in double precision are then exact in f32
        double[] table = awkward(batch * rows * width, 1, DType.I32);
        double[] updates = awkward(batch * count * width, 2, DType.I32);
        var buffers = new Buffers();
        int x = buffers.add(dtype, table);
        int i = buffers.add(DType.I32, index);
        int u = buffers.add(dtype, updates);
        int gathered = buffers.add(dtype, new double[batch * count * width]);
        int added = buffers.add(dtype, numbers(batch * rows * width, 7));
        var at = tensor(DType.I32, index, batch, count);
        check(
            new Kernel.Gather(dtype, x, i, gathered, batch, rows, count, width),
            buffers,
            gathered,
            new Tensor(new Op.Gather(tensor(dtype, table, batch, rows, width), at)),
            0);
        check(
            new Kernel.ScatterAdd(dtype, i, u, added, batch, rows, count, width),
            buffers,
            added,
            new Tensor(new Op.ScatterAdd(at, tensor(dtype, updates, batch, count, width), rows)),
            0);
      }
    }
  }

  @Test
  void anIndexOutsideIsAnError() {
    var buffers = new Buffers();
    int x = buffers.add(DType.F32, new double[10]);
    int i = buffers.add(DType.I32, 3, 12);
    int out = buffers.add(DType.F32, new double[10]);
    var backend = new CpuBackend(ComputePool.shared());
    var gather = backend.prepare(new Kernel.Gather(DType.F32, x, i, out, 1, 10, 2, 1));
    var scatter = backend.prepare(new Kernel.ScatterAdd(DType.F32, i, x, out, 1, 10, 2, 1));
    var one = assertThrows(MerapiException.class, () -> gather.run(buffers.addresses()));
    assertEquals("gather: index 12 is out of range 0 … 9", one.getMessage());
    var two = assertThrows(MerapiException.class, () -> scatter.run(buffers.addresses()));
    assertEquals("scatterAdd: index 12 is out of range 0 … 9", two.getMessage());
  }

  @Test
  void argPool() {
    pool(List.of(Windows.sliding(17, 3, 2, 1, 1)), 17);
    pool(List.of(Windows.sliding(8, 2, 2, 0, 1), Windows.sliding(10, 2, 2, 0, 1)), 8, 10);
    pool(List.of(Windows.sliding(9, 3, 1, 1, 1), Windows.sliding(7, 3, 2, 1, 2)), 9, 7);
    pool(List.of(Windows.adaptive(7, 3), Windows.adaptive(5, 5)), 7, 5);
    pool(List.of(Windows.adaptive(2, 5), Windows.adaptive(3, 40)), 2, 3);
    pool(List.of(Windows.sliding(40, 3, 1, 3, 2)), 40);
    pool(List.of(Windows.sliding(50, 3, 1, 1, 1), Windows.sliding(50, 3, 2, 1, 1)), 50, 50);
    pool(List.of(Windows.sliding(64, 2, 3, 0, 1)), 64);
    pool(
        List.of(
            Windows.sliding(5, 2, 1, 1, 1),
            Windows.sliding(4, 3, 2, 1, 1),
            Windows.sliding(6, 2, 2, 0, 2)),
        5,
        4,
        6);
  }

  private static void pool(List<Windows> windows, int... space) {
    for (int planes : new int[] {0, 1, 5, 400}) {
      int[] shape = IntStream.concat(IntStream.of(planes), IntStream.of(space)).toArray();
      int size = IntStream.of(space).reduce(1, (a, b) -> a * b);
      int count = windows.stream().mapToInt(Windows::count).reduce(1, (a, b) -> a * b);
      double[] values = awkward(planes * size, 9, DType.F32);
      var buffers = new Buffers();
      int x = buffers.add(DType.F32, values);
      int out = buffers.add(DType.I32, new double[planes * count]);
      check(
          new Kernel.ArgPool(x, out, planes, Ints.of(space), windows),
          buffers,
          out,
          new Tensor(new ContractionOp.ArgPool(tensor(DType.F32, values, shape), windows)),
          0);
    }
  }

  /** Two batch axes, of which b lacks the first, and an epilogue that adds a bias in place. */
  @Test
  void matMulWithEpilogue() {
    int m = 33;
    int n = 70;
    int k = 19;
    var buffers = new Buffers();
    double[] p = numbers(2 * 3 * m * k, 1);
    double[] q = numbers(3 * k * n, 2);
    double[] bias = numbers(n, 3);
    int a = buffers.add(DType.F32, p);
    int b = buffers.add(DType.F32, q);
    int shift = buffers.add(DType.F32, bias);
    int c = buffers.add(DType.F32, new double[2 * 3 * m * n]);
    var result = view(c, 3L * m * n, (long) m * n, n, 1);
    var epilogue =
        new Kernel.Rows(
            List.of(2, 3, m),
            n,
            0,
            false,
            List.of(
                new Instruction.Load(result),
                new Instruction.Load(view(shift, 0, 0, 0, 1)),
                new Instruction.Binary(BinaryKind.ADD, 0, 1),
                new Instruction.Store(2, result)));
    var kernel =
        new Kernel.MatMul(
            List.of(2, 3),
            m,
            n,
            k,
            view(a, 3L * m * k, (long) m * k, k, 1),
            view(b, 0, (long) k * n, n, 1),
            result,
            Optional.of(epilogue));
    var second =
        new Tensor(
            new MovementOp.Broadcast(tensor(DType.F32, q, 1, 3, k, n), Shape.of(2, 3, k, n)));
    var product = new Tensor(new ContractionOp.MatMul(tensor(DType.F32, p, 2, 3, m, k), second));
    var all =
        new Tensor(
            new MovementOp.Broadcast(tensor(DType.F32, bias, 1, 1, 1, n), Shape.of(2, 3, m, n)));
    var sum = new Tensor(new Op.Binary(BinaryKind.ADD, product, all));
    check(kernel, buffers, c, sum, 1e-4);
  }

  private static Kernel.View view(int buffer, long... strides) {
    return new Kernel.View(buffer, DType.F32, 0, Arrays.stream(strides).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource(Kernel.Role.class)
  void convolution(Kernel.Role role) {
    var g = new ConvGeometry(Ints.of(2, 1), Ints.of(1, 0), Ints.of(0, 1), Ints.of(1, 2), 2);
    Shape x = Shape.of(3, 4, 9, 8);
    Shape w = Shape.of(6, 2, 3, 2);
    Shape y = g.output(x, w);
    double[] xs = numbers(Math.toIntExact(x.elements()), 1);
    double[] ws = numbers(Math.toIntExact(w.elements()), 2);
    double[] ys = numbers(Math.toIntExact(y.elements()), 3);
    var tx = new Tensor(new Op.Data(Reference.write(xs, DType.F32), x));
    var tw = new Tensor(new Op.Data(Reference.write(ws, DType.F32), w));
    var ty = new Tensor(new Op.Data(Reference.write(ys, DType.F32), y));
    var buffers = new Buffers();
    int bx = buffers.add(DType.F32, xs);
    int bw = buffers.add(DType.F32, ws);
    int by = buffers.add(DType.F32, ys);
    Optional<Kernel.Rows> none = Optional.empty();
    switch (role) {
      case OUTPUT -> {
        int space = y.size(2) * y.size(3);
        var out = view(by, 6L * space, space, 1);
        var square =
            new Kernel.Rows(
                List.of(3, 6),
                space,
                0,
                false,
                List.of(
                    new Instruction.Load(out),
                    new Instruction.Binary(BinaryKind.MUL, 0, 0),
                    new Instruction.Store(1, out)));
        var expected = new Tensor(new ContractionOp.Conv(tx, tw, g));
        check(
            new Kernel.Convolve(role, g, DType.F32, x, w, y, bx, bw, by, Optional.of(square)),
            buffers,
            by,
            new Tensor(new Op.Binary(BinaryKind.MUL, expected, expected)),
            1e-3);
      }
      case INPUT ->
          check(
              new Kernel.Convolve(role, g, DType.F32, x, w, y, by, bw, bx, none),
              buffers,
              bx,
              new Tensor(new ContractionOp.ConvInput(ty, tw, g, x)),
              1e-4);
      case WEIGHT ->
          check(
              new Kernel.Convolve(role, g, DType.F32, x, w, y, bx, by, bw, none),
              buffers,
              bw,
              new Tensor(new ContractionOp.ConvWeight(tx, ty, g, w)),
              1e-3);
    }
  }

  @Test
  void aPreparedKernelRunsOnSeveralThreadsAtOnce() throws InterruptedException {
    int n = 100_000;
    var view = new Kernel.View(0, DType.F32, 0, List.of(1L));
    var sum = new Kernel.View(1, DType.F32, 0, List.of(0L));
    var kernel =
        new Kernel.Rows(
            List.of(),
            n,
            0,
            false,
            List.of(
                new Instruction.Load(view),
                new Instruction.ReduceRow(ReduceKind.SUM, 0),
                new Instruction.Store(1, sum)));
    var task = new CpuBackend(ComputePool.shared()).prepare(kernel);
    var results = new double[8];
    var threads =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              var buffers = new Buffers();
                              buffers.add(DType.F32, new Random(i).doubles(n).toArray());
                              buffers.add(DType.F32, 0);
                              for (int round = 0; round < 50; round++) {
                                task.run(buffers.addresses());
                              }
                              results[i] = buffers.values(1)[0];
                            }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < 8; i++) {
      double expected = new Random(i).doubles(n).sum();
      assertTrue(Math.abs(results[i] - expected) < 1, results[i] + ", not " + expected);
    }
  }
}
