package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link Kernel.Rows} on 1, 2 and 4 threads, scalar and vector: the same bits, and the oracle's.
 */
class RowsTest {
  private static final int[] SIZES = {0, 1, 7, 15, 16, 17, 1000};

  private static double[] numbers(int n, long seed) {
    var random = new Random(seed);
    return random.doubles(n, -3, 3).map(v -> (float) v).toArray();
  }

  private static Kernel.View f32(int buffer, long... strides) {
    return view(buffer, DType.F32, 0, strides);
  }

  private static Kernel.View view(int buffer, DType dtype, long offset, long... strides) {
    return new Kernel.View(buffer, dtype, offset, Arrays.stream(strides).boxed().toList());
  }

  /** Vectors step by step, generated code, numbers one by one. */
  private static List<Loops> ways() {
    return List.of(
        new VectorLoops(), new VectorLoops(Optional.of(RowGenerator.atOnce())), new ScalarLoops());
  }

  /** Runs a kernel in every way there is, and holds it to the oracle. */
  private static void check(Kernel.Rows kernel, Buffers given) {
    Map<Integer, double[]> expected = RowsOracle.run(kernel, given);
    List<double[]> first = null;
    for (int threads : new int[] {1, 2, 4}) {
      for (Loops loops : ways()) {
        var buffers = given.copy();
        try (var pool = new ComputePool(threads)) {
          new CpuBackend(pool, loops).prepare(kernel).run(buffers.addresses());
        }
        buffers.assertMarginsUntouched();
        String how = threads + " threads, " + loops.getClass().getSimpleName() + ": " + kernel;
        if (first == null) {
          first = buffers.all();
          expected.forEach(
              (buffer, values) ->
                  assertClose(
                      values, buffers.values(buffer), buffers.dtype(buffer) == DType.F32, how));
        } else {
          assertSame(first, buffers.all(), how);
        }
      }
    }
  }

  private static void assertSame(List<double[]> expected, List<double[]> actual, String how) {
    for (int i = 0; i < expected.size(); i++) {
      assertTrue(Arrays.equals(expected.get(i), actual.get(i)), "buffer " + i + "; " + how);
    }
  }

  private static void assertClose(double[] expected, double[] actual, boolean exact, String how) {
    double relative = exact ? 1e-5 : 1e-2;
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      boolean same =
          Double.compare(e, actual[i]) == 0
              || Math.abs(e - actual[i]) <= 1e-4 + relative * Math.abs(e)
              || (Double.isNaN(e) && Double.isNaN(actual[i]));
      int place = i;
      assertTrue(same, () -> place + ": " + actual[place] + ", not " + e + "; " + how);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 10, 16, 17, 128, 129, 1000, 1024, 4096})
  void softmax(int columns) {
    for (int rows : new int[] {0, 1, 7, 130}) {
      var buffers = new Buffers();
      int x = buffers.add(DType.F32, numbers(rows * columns, 1));
      int y = buffers.add(DType.F32, numbers(rows * columns, 2));
      check(
          new Kernel.Rows(
              List.of(rows),
              columns,
              0,
              true,
              List.of(
                  new Instruction.Load(f32(x, columns, 1)),
                  new Instruction.ReduceRow(ReduceKind.MAX, 0),
                  new Instruction.Binary(BinaryKind.SUB, 0, 1),
                  new Instruction.Unary(UnaryKind.EXP, 2),
                  new Instruction.ReduceRow(ReduceKind.SUM, 3),
                  new Instruction.Binary(BinaryKind.DIV, 3, 4),
                  new Instruction.Store(5, f32(y, columns, 1)))),
          buffers);
    }
  }

  /** Layer norm with its scale and shift, and the row's mean stored on the side. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 17, 100, 768})
  void layerNorm(int columns) {
    for (int rows : new int[] {1, 7, 200}) {
      var buffers = new Buffers();
      int x = buffers.add(DType.F32, numbers(rows * columns, 1));
      int scale = buffers.add(DType.F32, numbers(columns, 2));
      int shift = buffers.add(DType.F32, numbers(columns, 3));
      int y = buffers.add(DType.F32, new double[rows * columns]);
      int mean = buffers.add(DType.F32, new double[rows]);
      check(
          new Kernel.Rows(
              List.of(rows),
              columns,
              0,
              true,
              List.of(
                  new Instruction.Load(f32(x, columns, 1)),
                  new Instruction.ReduceRow(ReduceKind.SUM, 0),
                  new Instruction.Constant(DType.F32, 1.0 / columns),
                  new Instruction.Binary(BinaryKind.MUL, 1, 2),
                  new Instruction.Binary(BinaryKind.SUB, 0, 3),
                  new Instruction.Binary(BinaryKind.MUL, 4, 4),
                  new Instruction.ReduceRow(ReduceKind.SUM, 5),
                  new Instruction.Binary(BinaryKind.MUL, 6, 2),
                  new Instruction.Constant(DType.F32, 1e-1),
                  new Instruction.Binary(BinaryKind.ADD, 7, 8),
                  new Instruction.Unary(UnaryKind.SQRT, 9),
                  new Instruction.Binary(BinaryKind.DIV, 4, 10),
                  new Instruction.Load(f32(scale, 0, 1)),
                  new Instruction.Binary(BinaryKind.MUL, 11, 12),
                  new Instruction.Load(f32(shift, 0, 1)),
                  new Instruction.Binary(BinaryKind.ADD, 13, 14),
                  new Instruction.Store(15, f32(y, columns, 1)),
                  new Instruction.Store(3, f32(mean, 1, 0)))),
          buffers);
    }
  }

  /** What nothing but arithmetic and reductions of rows is made of becomes one piece of code. */
  @Test
  void wholeKernelsBecomeOnePieceOfCode() {
    List<Instruction> update =
        List.of(
            new Instruction.Load(f32(0, 1)),
            new Instruction.Load(f32(1, 1)),
            new Instruction.Load(f32(2, 0)),
            new Instruction.Binary(BinaryKind.MUL, 1, 2),
            new Instruction.Binary(BinaryKind.SUB, 0, 3),
            new Instruction.Load(view(3, DType.BOOL, 0, 0)),
            new Instruction.Where(5, 4, 0),
            new Instruction.Store(6, f32(0, 1)));
    List<Instruction> softmax =
        List.of(
            new Instruction.Load(f32(0, 768, 1)),
            new Instruction.ReduceRow(ReduceKind.MAX, 0),
            new Instruction.Binary(BinaryKind.SUB, 0, 1),
            new Instruction.Unary(UnaryKind.EXP, 2),
            new Instruction.ReduceRow(ReduceKind.SUM, 3),
            new Instruction.Binary(BinaryKind.DIV, 3, 4),
            new Instruction.Store(5, f32(1, 768, 1)));
    var generated = new VectorLoops(Optional.of(RowGenerator.atOnce()));
    for (var kernel :
        List.of(
            new Kernel.Rows(List.of(), 5000, 0, false, update),
            new Kernel.Rows(List.of(10), 768, 0, true, softmax))) {
      try (var pool = new ComputePool(1)) {
        Step[] steps = new RowsTask(pool, generated, kernel, /* merge= */ true).body().steps();
        assertEquals(1, steps.length, Arrays.toString(steps));
        assertInstanceOf(Step.Generated.class, steps[0]);
      }
    }
  }

  /** Code that has warmed up in the background takes over from the steps, with the same bits. */
  @Test
  void codeTakesOverInTheBackground() throws InterruptedException {
    int n = 5000;
    var kernel =
        new Kernel.Rows(
            List.of(),
            n,
            0,
            false,
            List.of(
                new Instruction.Load(f32(0, 1)),
                new Instruction.Unary(UnaryKind.TANH, 0),
                new Instruction.Binary(BinaryKind.MUL, 0, 1),
                new Instruction.Store(2, f32(1, 1))));
    var buffers = new Buffers();
    buffers.add(DType.F32, numbers(n, 1));
    int y = buffers.add(DType.F32, new double[n]);
    try (var pool = new ComputePool(1)) {
      var loops = new VectorLoops(Optional.of(RowGenerator.inBackground()));
      var task = new RowsTask(pool, loops, kernel, /* merge= */ true);
      task.run(buffers.addresses());
      double[] before = buffers.values(y);
      RowBody plain = task.body();
      long end = System.nanoTime() + 60_000_000_000L;
      while (task.body().equals(plain) && System.nanoTime() < end) {
        task.run(buffers.addresses());
      }
      assertInstanceOf(Step.Generated.class, task.body().steps()[0]);
      task.run(buffers.addresses());
      assertArrayEquals(before, buffers.values(y));
    }
  }

  @Test
  void longRowsAreSummedAcrossTasks() {
    for (int columns : new int[] {1025, 16385, 40_000}) {
      for (int rows : columns == 1025 ? new int[] {3, 70} : new int[] {1, 3}) {
        var buffers = new Buffers();
        int x = buffers.add(DType.F32, numbers(rows * columns, 1));
        int scale = buffers.add(DType.F32, numbers(rows, 5));
        int y = buffers.add(DType.F32, new double[rows]);
        int z = buffers.add(DType.F32, new double[rows * columns]);
        check(
            new Kernel.Rows(
                List.of(rows),
                columns,
                0,
                false,
                List.of(
                    new Instruction.Load(f32(x, columns, 1)),
                    new Instruction.Load(f32(scale, 1, 0)),
                    new Instruction.Binary(BinaryKind.MUL, 0, 1),
                    new Instruction.ReduceRow(ReduceKind.SUM, 0),
                    new Instruction.ReduceRow(ReduceKind.MAX, 2),
                    new Instruction.Binary(BinaryKind.MUL, 3, 1),
                    new Instruction.Binary(BinaryKind.ADD, 5, 4),
                    new Instruction.Store(6, f32(y, 1, 0)),
                    new Instruction.Store(2, f32(z, columns, 1)))),
            buffers);
      }
    }
  }

  @Test
  void columnSums() {
    for (int rows : SIZES) {
      for (int columns : new int[] {1, 10, 17, 768, 5000}) {
        var buffers = new Buffers();
        int x = buffers.add(DType.F32, numbers(2 * rows * columns, 1));
        int sum = buffers.add(DType.F32, new double[2 * columns]);
        int greatest = buffers.add(DType.F32, new double[4 * columns]);
        check(
            new Kernel.Rows(
                List.of(2, rows),
                columns,
                1,
                false,
                List.of(
                    new Instruction.Load(f32(x, (long) rows * columns, columns, 1)),
                    new Instruction.Binary(BinaryKind.MUL, 0, 0),
                    new Instruction.ReduceColumns(ReduceKind.SUM, 1, f32(sum, columns, 0, 1)),
                    new Instruction.ReduceColumns(
                        ReduceKind.MAX, 0, view(greatest, DType.F32, 1, 2L * columns, 0, 2)))),
            buffers);
      }
    }
  }

  @Test
  void inPlace() {
    for (int n : SIZES) {
      var buffers = new Buffers();
      int x = buffers.add(DType.F32, numbers(n, 1));
      int y = buffers.add(DType.F32, numbers(n, 2));
      var load = new Instruction.Load(f32(x, 1));
      // x is stored to before its last use, and swapped with y besides
      check(
          new Kernel.Rows(
              List.of(),
              n,
              0,
              false,
              List.of(
                  load,
                  new Instruction.Load(f32(y, 1)),
                  new Instruction.Binary(BinaryKind.MUL, 0, 1),
                  new Instruction.Store(2, f32(x, 1)),
                  new Instruction.Binary(BinaryKind.SUB, 0, 1),
                  new Instruction.Store(4, f32(y, 1)))),
          buffers);
      check(
          new Kernel.Rows(
              List.of(),
              n,
              0,
              false,
              List.of(
                  load,
                  new Instruction.Load(f32(y, 1)),
                  new Instruction.Store(1, f32(x, 1)),
                  new Instruction.Store(0, f32(y, 1)))),
          buffers);
    }
  }

  @Test
  void transposesAndOtherViews() {
    for (int rows : new int[] {1, 7, 16, 50, 130}) {
      for (int columns : new int[] {1, 15, 17, 130, 300}) {
        var buffers = new Buffers();
        int x = buffers.add(DType.F32, numbers(3 * rows * columns, 1));
        int y = buffers.add(DType.F32, new double[3 * rows * columns]);
        long size = (long) rows * columns;
        List<Integer> outer = List.of(3, rows);
        check( // read across, written along
            new Kernel.Rows(
                outer,
                columns,
                0,
                false,
                List.of(
                    new Instruction.Load(f32(x, size, 1, rows)),
                    new Instruction.Store(0, f32(y, size, columns, 1)))),
            buffers);
        check( // read along, written across, in between a function
            new Kernel.Rows(
                outer,
                columns,
                0,
                false,
                List.of(
                    new Instruction.Load(f32(x, size, columns, 1)),
                    new Instruction.Unary(UnaryKind.NEG, 0),
                    new Instruction.Store(1, f32(y, size, 1, rows)))),
            buffers);
        check( // reversed rows of every place but the last, against a broadcast
            new Kernel.Rows(
                outer,
                columns,
                0,
                false,
                List.of(
                    new Instruction.Load(view(x, DType.F32, columns - 1, size, columns, -1)),
                    new Instruction.Load(f32(x, size, columns, 0)),
                    new Instruction.Binary(BinaryKind.ADD, 0, 1),
                    new Instruction.Load(view(x, DType.F32, 1, 0, 0, 0)),
                    new Instruction.Binary(BinaryKind.MUL, 2, 3),
                    new Instruction.Store(4, f32(y, size, columns, 1)))),
            buffers);
      }
    }
  }

  /** As the end of a matrix product: a part of the rows and columns, in place, with broadcasts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 10, 17, 128, 1500})
  void partsOfTheSpace(int columns) {
    int rows = 6;
    var kernel =
        new Kernel.Rows(
            List.of(2, 3),
            columns,
            0,
            false,
            List.of(
                new Instruction.Load(f32(0, 3L * columns, columns, 1)),
                new Instruction.Load(f32(1, 0, 0, 1)),
                new Instruction.Load(f32(2, 3, 1, 0)),
                new Instruction.Binary(BinaryKind.ADD, 0, 1),
                new Instruction.Binary(BinaryKind.MUL, 3, 2),
                new Instruction.Store(4, f32(0, 3L * columns, columns, 1))));
    for (Loops loops : ways()) {
      for (int cut = 0; cut <= columns; cut += 1 + columns / 5) {
        for (int row = 0; row < rows; row++) {
          var buffers = new Buffers();
          buffers.add(DType.F32, numbers(rows * columns, 1));
          buffers.add(DType.F32, numbers(columns, 2));
          buffers.add(DType.F32, numbers(rows, 3));
          double[] before = buffers.values(0);
          double[] after = RowsOracle.run(kernel, buffers).get(0);
          try (var pool = new ComputePool(1)) {
            var task = new RowsTask(pool, loops, kernel, /* merge= */ false);
            task.tile(buffers.addresses(), 0, row, 0, columns);
            task.tile(buffers.addresses(), row, rows - row, cut, columns - cut);
          }
          buffers.assertMarginsUntouched();
          for (int i = 0; i < before.length; i++) {
            boolean done = i / columns < row || i % columns >= cut;
            double expected = done ? after[i] : before[i];
            assertEquals(expected, buffers.values(0)[i], 1e-5, "element " + i);
          }
        }
      }
    }
  }

  /** Kernels of random instructions over random views. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anything(int seed) {
    var random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      new RandomKernel(random).check();
    }
  }

  private static final class RandomKernel {
    private static final int[] INNER = {1, 2, 5, 16, 33, 100, 129, 700, 1500};

    private final Random random;
    private final Buffers buffers = new Buffers();
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Integer> floats = new ArrayList<>();
    private final List<Boolean> full = new ArrayList<>();
    private final List<Integer> outer = new ArrayList<>();
    private final int inner;
    private final int summed;

    RandomKernel(Random random) {
      this.random = random;
      inner = INNER[random.nextInt(INNER.length)];
      for (int axes = random.nextInt(4); axes > 0; axes--) {
        outer.add(1 + random.nextInt(inner > 500 ? 3 : 12));
      }
      summed = outer.isEmpty() ? 0 : random.nextInt(outer.size());
    }

    void check() {
      for (int loads = 1 + random.nextInt(3); loads > 0; loads--) {
        add(new Instruction.Load(source()), null);
      }
      add(new Instruction.Constant(DType.F32, random.nextInt(-2, 3)), false);
      boolean whole = random.nextBoolean();
      for (int steps = 1 + random.nextInt(8); steps > 0; steps--) {
        step(whole);
      }
      for (int stores = 1 + random.nextInt(2); stores > 0; stores--) {
        int x = any();
        boolean isFull = full.get(x) || random.nextInt(4) == 0;
        instructions.add(new Instruction.Store(x, target(isFull)));
        full.add(isFull);
      }
      int x = any();
      if (full.get(x) && summed > 0) {
        long[] strides = target(true).strides().stream().mapToLong(s -> s).toArray();
        for (int i = 0; i < summed; i++) {
          strides[outer.size() - 1 - i] = 0;
        }
        int places = outer.stream().reduce(1, (a, b) -> a * b) * inner;
        int to = buffers.add(DType.F32, new double[places]);
        instructions.add(new Instruction.ReduceColumns(ReduceKind.SUM, x, f32(to, strides)));
      }
      RowsTest.check(new Kernel.Rows(outer, inner, summed, whole, instructions), buffers);
    }

    private void add(Instruction instruction, Boolean isFull) {
      boolean known =
          isFull == null
              ? ((Instruction.Load) instruction).view().strides().getLast() != 0
              : isFull;
      floats.add(instructions.size());
      instructions.add(instruction);
      full.add(known);
    }

    private int any() {
      return floats.get(random.nextInt(floats.size()));
    }

    private void step(boolean whole) {
      int a = any();
      int b = any();
      switch (random.nextInt(whole ? 6 : 4)) {
        case 0 -> add(new Instruction.Unary(UnaryKind.TANH, a), full.get(a));
        case 1 -> add(new Instruction.Binary(BinaryKind.ADD, a, b), full.get(a) || full.get(b));
        case 2 -> add(new Instruction.Binary(BinaryKind.MAX, a, b), full.get(a) || full.get(b));
        case 3 -> {
          instructions.add(new Instruction.Binary(BinaryKind.LT, a, b));
          full.add(full.get(a) || full.get(b));
          int c = instructions.size() - 1;
          int d = any();
          add(new Instruction.Where(c, a, d), full.get(c) || full.get(a) || full.get(d));
        }
        default -> {
          if (full.get(a)) {
            add(new Instruction.ReduceRow(ReduceKind.MAX, a), false);
          }
        }
      }
    }

    /** A view of a fresh buffer: axes in any order, some broadcast. */
    private Kernel.View source() {
      DType dtype = random.nextInt(4) == 0 ? DType.BF16 : DType.F32;
      List<Integer> sizes = new ArrayList<>(outer);
      sizes.add(inner);
      long[] strides = new long[sizes.size()];
      List<Integer> order = new ArrayList<>();
      for (int i = sizes.size() - 1; i >= 0; i--) {
        order.add(i);
      }
      if (random.nextBoolean()) {
        Collections.shuffle(order, random);
      }
      long next = random.nextInt(4) == 0 ? 2 : 1;
      for (int axis : order) {
        if (random.nextInt(5) > 0) {
          strides[axis] = next;
          next *= sizes.get(axis);
        }
      }
      double[] values = numbers(Math.toIntExact(next) * 2 + 3, random.nextLong());
      int buffer = buffers.add(dtype, values);
      return view(buffer, dtype, random.nextInt(3), strides);
    }

    /** Row-major or with the last axes exchanged. */
    private Kernel.View target(boolean isFull) {
      long[] strides = new long[outer.size() + 1];
      long next = 1;
      boolean exchanged = isFull && outer.size() > 0 && random.nextInt(4) == 0;
      int last = outer.size();
      if (exchanged) {
        strides[last - 1] = 1;
        strides[last] = outer.get(last - 1);
        next = (long) outer.get(last - 1) * inner;
      } else if (isFull) {
        strides[last] = 1;
        next = inner;
      }
      for (int axis = last - (exchanged ? 2 : 1); axis >= 0; axis--) {
        strides[axis] = next;
        next *= outer.get(axis);
      }
      DType dtype = random.nextInt(4) == 0 ? DType.BF16 : DType.F32;
      return view(buffers.add(dtype, new double[Math.toIntExact(next)]), dtype, 0, strides);
    }
  }
}
