package dev.merapi.bench;

import dev.merapi.bench.Kernels.Case;
import dev.merapi.bench.Kernels.Limit;
import dev.merapi.bench.work.Json;
import dev.merapi.cpu.ComputePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The measured process of {@code bench kernels}: each kernel between the two ceilings, a slice of
 * time each in turn, so that what slows the machine slows them all. Prints one JSON object.
 */
public final class KernelWorker {
  private static final double WARM_UP_SECONDS = 0.7;
  private static final int SLICES = 9;
  private static final double SLICE_SECONDS = 0.03;
  private static final int TRIAD_ELEMENTS = 16_000_000;

  /**
   * A kernel's result.
   *
   * @param rate GFLOP/s or GB/s, the median over the slices
   * @param ceiling what the machine gave beside it, in the same unit
   */
  public record Result(String group, String name, String unit, double rate, double ceiling) {
    double percent() {
      return 100 * rate / ceiling;
    }
  }

  /** All results of a process. */
  public record Results(int threads, List<Result> results) {}

  private final ComputePool pool = ComputePool.shared();
  private final List<Ceiling> registers = new ArrayList<>();
  private final Triad triad = new Triad(TRIAD_ELEMENTS);

  private KernelWorker() {
    for (int i = 0; i < pool.threads(); i++) {
      registers.add(new Ceiling());
    }
  }

  /**
   * @param words parts of the groups or names of the kernels to measure; none for all
   */
  public static void main(String[] words) {
    var worker = new KernelWorker();
    List<Result> results = new ArrayList<>();
    for (Case one : Kernels.all()) {
      String name = one.group() + " " + one.name();
      if (words.length == 0 || Arrays.stream(words).anyMatch(name::contains)) {
        results.add(worker.measure(one));
      }
    }
    System.out.println(Json.MAPPER.writeValueAsString(new Results(worker.pool.threads(), results)));
  }

  private Result measure(Case one) {
    boolean arithmetic = one.limit() == Limit.ARITHMETIC;
    Runnable ceiling = arithmetic ? this::multiply : () -> triad.run(pool);
    double ceilingWork = arithmetic ? Ceiling.OPERATIONS * pool.threads() : triad.bytes();
    Runnable kernel = () -> one.step().run();
    for (Runnable work : List.of(kernel, ceiling)) {
      slice(work, 1, WARM_UP_SECONDS);
    }
    double[] rates = new double[SLICES];
    double[] ceilings = new double[SLICES];
    for (int i = 0; i < SLICES; i++) {
      rates[i] = slice(kernel, one.work(), SLICE_SECONDS);
      ceilings[i] = slice(ceiling, ceilingWork, SLICE_SECONDS);
    }
    return new Result(
        one.group(), one.name(), arithmetic ? "GFLOP/s" : "GB/s", median(rates), median(ceilings));
  }

  /** Every thread multiplies in registers. */
  private void multiply() {
    pool.parallelFor(registers.size(), i -> registers.get(i).run());
  }

  /** 10⁹ units of work a second, over at least so many seconds. */
  private static double slice(Runnable work, double units, double seconds) {
    long start = System.nanoTime();
    long runs = 0;
    double elapsed;
    do {
      work.run();
      runs++;
      elapsed = (System.nanoTime() - start) * 1e-9;
    } while (elapsed < seconds);
    return runs * units / elapsed * 1e-9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
