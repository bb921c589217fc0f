package dev.merapi.bench;

import dev.merapi.backend.Backend;
import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.cpu.Memory;
import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Ints;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.graph.Windows;
import dev.merapi.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Everything but the contractions, in nanoseconds an element and in GB/s of the memory that a
 * kernel must touch, on one thread; with them a {@link Triad} at the same sizes. All take turns, so
 * that what slows the machine slows them all.
 */
public final class RowsBenchmark {
  private static final int ROUNDS = 40;

  private record Case(String name, long elements, double bytes, Runnable work, Clock clock) {}

  private final Arena arena = Arena.ofAuto();
  private final Backend backend = new CpuBackend(new ComputePool(1));
  private final List<MemorySegment> segments = new ArrayList<>();
  private final List<Case> cases = new ArrayList<>();

  /**
   * @param arguments parts of the names of the cases to run; none for all
   */
  public static void main(String[] arguments) {
    var benchmark = new RowsBenchmark();
    benchmark.addCases();
    benchmark.run(arguments);
  }

  private void run(String[] wanted) {
    List<Case> chosen =
        cases.stream()
            .filter(c -> wanted.length == 0 || Arrays.stream(wanted).anyMatch(c.name()::contains))
            .toList();
    for (int round = 0; round < 2 * ROUNDS; round++) {
      for (Case each : chosen) {
        if (round == ROUNDS) {
          each.clock().reset();
        }
        each.clock().time(each.work());
      }
    }
    System.out.printf("%-34s %12s %9s %9s%n", "", "elements", "ns each", "GB/s");
    for (Case each : chosen) {
      double rate = each.clock().giga();
      System.out.printf(
          "%-34s %12d %9.3f %9.1f%n", each.name(), each.elements(), 1 / rate, rate * each.bytes());
    }
  }

  // ---- cases

  private void addCases() {
    for (int n : new int[] {1024, 4096, 1_000_000, 50_000_000}) {
      int a = floats(n);
      int b = floats(n);
      int c = floats(n);
      int out = floats(n);
      triad(n);
      add(
          "a * b + c",
          n,
          16,
          rows(
              n,
              load(a),
              load(b),
              binary(BinaryKind.MUL, 0, 1),
              load(c),
              binary(BinaryKind.ADD, 2, 3),
              store(4, out)));
      if (n <= 1_000_000) {
        add("relu", n, 8, rows(n, load(a), unary(UnaryKind.RELU, 0), store(1, out)));
        for (var kind :
            List.of(
                UnaryKind.EXP,
                UnaryKind.LOG,
                UnaryKind.TANH,
                UnaryKind.SIGMOID,
                UnaryKind.ERF,
                UnaryKind.SIN)) {
          add(kind.name(), n, 8, rows(n, load(a), unary(kind, 0), store(1, out)));
        }
        add(
            "where(a < b, a, c)",
            n,
            16,
            rows(
                n,
                load(a),
                load(b),
                binary(BinaryKind.LT, 0, 1),
                load(c),
                new Instruction.Where(2, 0, 3),
                store(4, out)));
        add(
            "sum",
            n,
            4,
            rows(
                n,
                load(a),
                new Instruction.ReduceRow(ReduceKind.SUM, 0),
                new Instruction.Store(1, view(out, 0))));
      }
    }
    adamW();
    softmax(1000, 1024);
    softmax(64, 10);
    softmax(10_000, 10);
    layerNorm(1000, 768);
    bias(1000, 10);
    bias(1000, 128);
    bias(1000, 512);
    columnSum(64, 128);
    columnSum(10_000, 10);
    columnSum(2000, 768);
    transpose(1, 1000, 768);
    transpose(64, 100, 64);
    heads(8, 12, 256, 64);
    others();
  }

  private void triad(int n) {
    var triad = new Triad(n);
    var pool = new ComputePool(1);
    add("triad", Math.round(triad.bytes() / 12), 12, () -> triad.run(pool));
  }

  private void adamW() {
    int n = 10_000_000;
    int p = floats(n);
    int g = floats(n);
    int m = floats(n);
    int v = floats(n);
    int rate = floats(16);
    add(
        "AdamW",
        n,
        28,
        rows(
            n,
            load(p),
            load(g),
            load(m),
            load(v),
            new Instruction.Load(view(rate, 0)),
            constant(0.9),
            binary(BinaryKind.MUL, 2, 5),
            constant(0.1),
            binary(BinaryKind.MUL, 1, 7),
            binary(BinaryKind.ADD, 6, 8),
            store(9, m),
            constant(0.999),
            binary(BinaryKind.MUL, 3, 11),
            constant(0.001),
            binary(BinaryKind.MUL, 1, 1),
            binary(BinaryKind.MUL, 14, 13),
            binary(BinaryKind.ADD, 12, 15),
            store(16, v),
            unary(UnaryKind.SQRT, 16),
            constant(1e-3),
            binary(BinaryKind.ADD, 18, 19),
            binary(BinaryKind.DIV, 9, 20),
            binary(BinaryKind.MUL, 21, 4),
            constant(0.9999),
            binary(BinaryKind.MUL, 0, 23),
            binary(BinaryKind.SUB, 24, 22),
            store(25, p)));
  }

  private void softmax(int rows, int columns) {
    int x = floats(rows * columns);
    int y = floats(rows * columns);
    add(
        "softmax " + rows + " x " + columns,
        (long) rows * columns,
        8,
        new Kernel.Rows(
            List.of(rows),
            columns,
            0,
            true,
            List.of(
                new Instruction.Load(view(x, columns, 1)),
                new Instruction.ReduceRow(ReduceKind.MAX, 0),
                binary(BinaryKind.SUB, 0, 1),
                unary(UnaryKind.EXP, 2),
                new Instruction.ReduceRow(ReduceKind.SUM, 3),
                binary(BinaryKind.DIV, 3, 4),
                new Instruction.Store(5, view(y, columns, 1)))));
  }

  private void layerNorm(int rows, int columns) {
    int x = floats(rows * columns);
    int y = floats(rows * columns);
    int scale = floats(columns);
    int shift = floats(columns);
    add(
        "layer norm " + rows + " x " + columns,
        (long) rows * columns,
        8,
        new Kernel.Rows(
            List.of(rows),
            columns,
            0,
            true,
            List.of(
                new Instruction.Load(view(x, columns, 1)),
                new Instruction.ReduceRow(ReduceKind.SUM, 0),
                constant(1.0 / columns),
                binary(BinaryKind.MUL, 1, 2),
                binary(BinaryKind.SUB, 0, 3),
                binary(BinaryKind.MUL, 4, 4),
                new Instruction.ReduceRow(ReduceKind.SUM, 5),
                binary(BinaryKind.MUL, 6, 2),
                constant(1e-5),
                binary(BinaryKind.ADD, 7, 8),
                unary(UnaryKind.RSQRT, 9),
                binary(BinaryKind.MUL, 4, 10),
                new Instruction.Load(view(scale, 0, 1)),
                binary(BinaryKind.MUL, 11, 12),
                new Instruction.Load(view(shift, 0, 1)),
                binary(BinaryKind.ADD, 13, 14),
                new Instruction.Store(15, view(y, columns, 1)))));
  }

  private void bias(int rows, int columns) {
    int x = floats(rows * columns);
    int b = floats(columns);
    add(
        "bias and relu " + rows + " x " + columns,
        (long) rows * columns,
        8,
        new Kernel.Rows(
            List.of(rows),
            columns,
            0,
            false,
            List.of(
                new Instruction.Load(view(x, columns, 1)),
                new Instruction.Load(view(b, 0, 1)),
                binary(BinaryKind.ADD, 0, 1),
                unary(UnaryKind.RELU, 2),
                new Instruction.Store(3, view(x, columns, 1)))));
  }

  private void columnSum(int rows, int columns) {
    int x = floats(rows * columns);
    int b = floats(columns);
    add(
        "column sum " + rows + " x " + columns,
        (long) rows * columns,
        4,
        new Kernel.Rows(
            List.of(rows),
            columns,
            1,
            false,
            List.of(
                new Instruction.Load(view(x, columns, 1)),
                new Instruction.ReduceColumns(ReduceKind.SUM, 0, view(b, 0, 1)))));
  }

  private void transpose(int batch, int rows, int columns) {
    int x = floats(batch * rows * columns);
    int y = floats(batch * rows * columns);
    long size = (long) rows * columns;
    add(
        "transpose " + batch + " x " + rows + " x " + columns,
        batch * size,
        8,
        new Kernel.Rows(
            List.of(batch, columns),
            rows,
            0,
            false,
            List.of(
                new Instruction.Load(view(x, size, 1, columns)),
                new Instruction.Store(0, view(y, size, rows, 1)))));
  }

  private void heads(int batch, int heads, int time, int dim) {
    int n = batch * heads * time * dim;
    int x = floats(n);
    int y = floats(n);
    add(
        "(batch, time, heads) to (.., heads, time)",
        n,
        8,
        new Kernel.Rows(
            List.of(batch, heads, time),
            dim,
            0,
            false,
            List.of(
                new Instruction.Load(
                    view(x, (long) heads * time * dim, dim, (long) heads * dim, 1)),
                new Instruction.Store(
                    0, view(y, (long) heads * time * dim, (long) time * dim, dim, 1)))));
  }

  private void others() {
    int n = 1_000_000;
    int x = floats(n);
    int out = floats(n);
    int key = floats(16);
    for (var distribution : Op.Random.Distribution.values()) {
      add(distribution.name(), n, 4, new Kernel.Random(distribution, key, out, n));
    }
    var windows = List.of(Windows.sliding(24, 2, 2, 0, 1), Windows.sliding(24, 2, 2, 0, 1));
    add(
        "arg pool 2 x 2 of 24 x 24",
        1024 * 144,
        20,
        new Kernel.ArgPool(floats(1024 * 576), out, 1024, Ints.of(24, 24), windows));
    add("arg max of 1000", n, 4, new Kernel.ArgReduce(true, DType.F32, x, out, 1000, 1000));
    add("arg sort of 1000", n, 4, new Kernel.ArgSort(DType.F32, false, x, out, 1000, 1000));
    add("cumsum of 1000", n, 8, new Kernel.Cumsum(DType.F32, x, out, 1000, 1000));
    int index = ints(8192, 10_000);
    int table = floats(10_000 * 384);
    int taken = floats(8192 * 384);
    add(
        "gather 8192 of 384",
        8192 * 384,
        8,
        new Kernel.Gather(DType.F32, table, index, taken, 1, 10_000, 8192, 384));
    add(
        "scatter-add 8192 of 384",
        8192 * 384,
        8,
        new Kernel.ScatterAdd(DType.F32, index, taken, table, 1, 10_000, 8192, 384));
    int one = ints(n, 1000);
    add("gather 1000 of 1", n, 12, new Kernel.Gather(DType.F32, x, one, out, 1000, 1000, 1000, 1));
    add(
        "scatter-add 1000 of 1",
        n,
        12,
        new Kernel.ScatterAdd(DType.F32, one, x, out, 1000, 1000, 1000, 1));
  }

  // ---- buffers and kernels

  private int floats(int n) {
    MemorySegment s = Memory.allocate(arena, 4L * n);
    var random = new SplittableRandom(n);
    for (int i = 0; i < n; i++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(0.1, 1));
    }
    segments.add(s);
    return segments.size() - 1;
  }

  private int ints(int n, int bound) {
    int number = floats(n);
    var random = new SplittableRandom(n);
    for (int i = 0; i < n; i++) {
      segments.get(number).setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(bound));
    }
    return number;
  }

  private long[] addresses() {
    return segments.stream().mapToLong(MemorySegment::address).toArray();
  }

  private void add(String name, long elements, double bytes, Kernel kernel) {
    var task = backend.prepare(kernel);
    long[] buffers = addresses();
    add(name, elements, bytes, () -> task.run(buffers));
  }

  private void add(String name, long elements, double bytes, Runnable work) {
    cases.add(new Case(name, elements, bytes, work, new Clock(elements)));
  }

  private static Kernel.Rows rows(int n, Instruction... instructions) {
    return new Kernel.Rows(List.of(), n, 0, false, List.of(instructions));
  }

  private static Kernel.View view(int buffer, long... strides) {
    return new Kernel.View(buffer, DType.F32, 0, Arrays.stream(strides).boxed().toList());
  }

  private static Instruction load(int buffer) {
    return new Instruction.Load(view(buffer, 1));
  }

  private static Instruction store(int x, int buffer) {
    return new Instruction.Store(x, view(buffer, 1));
  }

  private static Instruction constant(double value) {
    return new Instruction.Constant(DType.F32, value);
  }

  private static Instruction unary(UnaryKind kind, int x) {
    return new Instruction.Unary(kind, x);
  }

  private static Instruction binary(BinaryKind kind, int a, int b) {
    return new Instruction.Binary(kind, a, b);
  }
}
