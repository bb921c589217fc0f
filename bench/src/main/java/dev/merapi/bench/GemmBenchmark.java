package dev.merapi.bench;

import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.Gemm;
import dev.merapi.cpu.Matrix;
import dev.merapi.cpu.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The matrix products of training, Merapi beside OpenBLAS and oneDNN, on one thread, in GFLOP/s.
 *
 * <p>Layouts: N is {@code A B}, B is {@code A Bᵀ} (a linear layer forward), T is {@code Aᵀ B} (the
 * gradient of its weight). Sizes read {@code m x k x n}; {@code 48*} is a batch. The engines run in
 * turn within each iteration; the table shows medians over the iterations, and the rate of
 * multiplications that never leave the registers.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 24)
@Measurement(iterations = 9)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Dmerapi.threads=1"
    })
public class GemmBenchmark {
  private static final long ITERATION_NANOS = 250_000_000;

  /** The matrices and the engines. */
  @State(Scope.Thread)
  public static class Problem {
    @Param({"1024x1024x1024", "64x784x128", "512x2048x512", "8192x384x1536", "48*256x64x256"})
    String size;

    @Param({"N", "B", "T"})
    String layout;

    private final OneDnn oneDnn = new OneDnn();
    private Arena arena;
    private OneDnn.Matrices sizes;
    private OneDnn.Call matmul;
    private Gemm.Shape shape;
    private Matrix a;
    private Matrix b;
    private Gemm.Output c;

    @Setup
    public void make() {
      int[] n = Arrays.stream(size.split("[*x]")).mapToInt(Integer::parseInt).toArray();
      int batch = n.length == 4 ? n[0] : 1;
      int at = n.length - 3;
      shape = new Gemm.Shape(batch, n[at], n[at + 2], n[at + 1]);
      arena = Arena.ofShared();
      long first = random(batch * shape.m() * shape.k(), 1).address();
      long second = random(batch * shape.k() * shape.n(), 2).address();
      long result = random(batch * shape.m() * shape.n(), 3).address();
      boolean transposedA = layout.equals("T");
      boolean transposedB = layout.equals("B");
      sizes =
          new OneDnn.Matrices(
              batch,
              shape.m(),
              shape.n(),
              shape.k(),
              transposedA,
              transposedB,
              first,
              second,
              result);
      matmul = oneDnn.matmul(sizes);
      a =
          transposedA
              ? Matrix.of(first, shape.k(), shape.m()).transposed()
              : Matrix.of(first, shape.m(), shape.k());
      b =
          transposedB
              ? Matrix.of(second, shape.n(), shape.k()).transposed()
              : Matrix.of(second, shape.k(), shape.n());
      c = Gemm.Output.of(result, shape.m(), shape.n());
      check();
    }

    @TearDown
    public void free() {
      arena.close();
    }

    double operations() {
      return 2.0 * shape.batch() * shape.m() * shape.n() * shape.k();
    }

    void merapi() {
      Gemm.multiply(ComputePool.shared(), shape, a, b, c);
    }

    void oneDnn() {
      matmul.run();
    }

    void openBlas() {
      int m = shape.m();
      int n = shape.n();
      int k = shape.k();
      for (long i = 0; i < shape.batch(); i++) {
        FloatPointer first = OneDnn.at(sizes.a() + 4 * i * m * k);
        FloatPointer second = OneDnn.at(sizes.b() + 4 * i * k * n);
        FloatPointer result = OneDnn.at(sizes.c() + 4 * i * m * n);
        int ta =
            sizes.transposedA() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        int tb =
            sizes.transposedB() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        openblas_nolapack.cblas_sgemm(
            openblas_nolapack.CblasRowMajor,
            ta,
            tb,
            m,
            n,
            k,
            1,
            first,
            sizes.transposedA() ? m : k,
            second,
            sizes.transposedB() ? k : n,
            0,
            result,
            n);
      }
    }

    /** A rate means nothing if the result is another. */
    private void check() {
      double expected = 0;
      for (var engine : List.<Runnable>of(this::openBlas, this::oneDnn, this::merapi)) {
        engine.run();
        double sum = 0;
        var result = MemorySegment.ofAddress(sizes.c()).reinterpret(4L * shape.m() * shape.n());
        for (long i = 0; i < (long) shape.m() * shape.n(); i++) {
          sum += result.getAtIndex(ValueLayout.JAVA_FLOAT, i) * (1 + i % 7);
        }
        if (expected != 0 && Math.abs(sum - expected) > 1e-2 * shape.k()) {
          throw new IllegalStateException("the engines differ: " + expected + " and " + sum);
        }
        expected = sum;
      }
    }

    private MemorySegment random(int count, long seed) {
      var segment = Memory.allocate(arena, 4L * count);
      var random = new SplittableRandom(seed);
      for (int i = 0; i < count; i++) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble() - 0.5f);
      }
      return segment;
    }
  }

  /** GFLOP/s of each contender in an iteration. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Rates {
    private final Ceiling registers = new Ceiling();
    private final Clock ceiling = new Clock(Ceiling.OPERATIONS);
    private Clock merapi;
    private Clock openBlas;
    private Clock oneDnn;

    @Setup
    public void make(Problem problem) {
      merapi = new Clock(problem.operations());
      openBlas = new Clock(problem.operations());
      oneDnn = new Clock(problem.operations());
    }

    @Setup(Level.Iteration)
    public void reset() {
      List.of(ceiling, merapi, openBlas, oneDnn).forEach(Clock::reset);
    }

    public double ceiling() {
      return ceiling.giga();
    }

    public double merapi() {
      return merapi.giga();
    }

    public double openBlas() {
      return openBlas.giga();
    }

    public double oneDnn() {
      return oneDnn.giga();
    }
  }

  /** One iteration: the engines in turn, a few milliseconds each, for a quarter of a second. */
  @Benchmark
  public void engines(Problem problem, Rates rates) {
    long end = System.nanoTime() + ITERATION_NANOS;
    do {
      rates.merapi.time(problem::merapi);
      rates.openBlas.time(problem::openBlas);
      rates.oneDnn.time(problem::oneDnn);
      rates.ceiling.time(rates.registers::run);
    } while (System.nanoTime() < end);
  }

  /** Runs all sizes, or those whose names are given, and prints the table. */
  public static void main(String[] sizes) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(GemmBenchmark.class.getName())
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (sizes.length > 0) {
      options.param("size", sizes);
    }
    System.out.printf(
        "%-16s %s %9s %9s %9s %9s %8s%n",
        "m x k x n", "", "Merapi", "OpenBLAS", "oneDNN", "ceiling", "of best");
    var results = new ArrayList<>(new Runner(options.build()).run());
    results.sort(Comparator.comparing(result -> result.getParams().getParam("size")));
    for (var result : results) {
      double merapi = median(result, "merapi");
      double openBlas = median(result, "openBlas");
      double oneDnn = median(result, "oneDnn");
      System.out.printf(
          "%-16s %s %9.1f %9.1f %9.1f %9.1f %8.2f%n",
          result.getParams().getParam("size"),
          result.getParams().getParam("layout"),
          merapi,
          openBlas,
          oneDnn,
          median(result, "ceiling"),
          merapi / Math.max(openBlas, oneDnn));
    }
  }

  private static double median(RunResult result, String rate) {
    return result.getSecondaryResults().get(rate).getStatistics().getPercentile(50);
  }
}
