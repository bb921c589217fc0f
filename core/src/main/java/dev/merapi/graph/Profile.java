package dev.merapi.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time goes: every run of every program and kernel of an engine, from {@link
 * Engine#profile()} until it is ended. What has been seen can be read at any time, from any thread.
 *
 * <p>A profile reads the clock once a kernel. While there is none, nothing is read or kept.
 */
public final class Profile implements AutoCloseable {
  /** The latest durations of which the median is taken. */
  private static final int LATEST = 255;

  /**
   * A kernel of one program.
   *
   * @param seconds of all calls
   * @param median seconds of a call, of the latest ones: what it takes once it is warm
   */
  public record KernelTime(Cost cost, long calls, double seconds, double median) {
    /** Billions of operations a second, in the median call. */
    public double gigaflops() {
      return cost.gigaflops(median);
    }

    /** Billions of bytes a second, in the median call. */
    public double gigabytes() {
      return cost.gigabytes(median);
    }
  }

  /**
   * A program, from its graph's look-up to its results' copies.
   *
   * @param number in the order of the first runs, from 1
   * @param workspace bytes that a run computes in
   * @param seconds of all runs
   * @param median seconds of a run, of the latest ones
   * @param kernels in the order in which they run
   */
  public record ProgramTime(
      int number,
      long runs,
      long workspace,
      double seconds,
      double median,
      List<KernelTime> kernels) {
    /** Seconds of all runs outside their kernels: looking up, binding, copying results. */
    public double overhead() {
      return seconds - kernels.stream().mapToDouble(KernelTime::seconds).sum();
    }
  }

  /** How often something took how long. */
  private static final class Times {
    private long count;
    private long nanos;
    private long[] latest = new long[8];

    void add(long duration) {
      if (count == latest.length && count < LATEST) {
        latest = Arrays.copyOf(latest, Math.min(2 * latest.length, LATEST));
      }
      latest[(int) (count % latest.length)] = duration;
      count++;
      nanos += duration;
    }

    double seconds() {
      return nanos / 1e9;
    }

    double median() {
      long[] sorted = Arrays.copyOf(latest, (int) Math.min(count, latest.length));
      Arrays.sort(sorted);
      return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e9;
    }
  }

  private static final class Seen {
    private final int number;
    private final Program program;
    private final Times runs = new Times();
    private final List<Times> kernels = new ArrayList<>();
    private final int firstLabel;

    Seen(int number, Program program, int firstLabel) {
      this.number = number;
      this.program = program;
      this.firstLabel = firstLabel;
      program.kernels().forEach(_ -> kernels.add(new Times()));
    }
  }

  private final Engine engine;
  private final long begin = System.nanoTime();
  private final Map<Program, Seen> programs = new HashMap<>();
  private final Trace trace = new Trace(begin);
  private long end = begin;
  private boolean ended;
  private int compiled;
  private long compileNanos;

  Profile(Engine engine) {
    this.engine = engine;
  }

  /** The same as {@link #end}. */
  @Override
  public void close() {
    end();
  }

  /** Ends it; what has been seen stays. */
  public void end() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      end = System.nanoTime();
    }
    engine.endProfile();
  }

  synchronized void compiled(long from, long to) {
    compiled++;
    compileNanos += to - from;
    trace.add(trace.label("compile", "", 0, 0), from, to);
  }

  /** A run that began at {@code from}, its kernels between the readings of the clock. */
  synchronized void ran(Program program, long from, long[] clock, long to) {
    Seen seen = programs.computeIfAbsent(program, this::first);
    seen.runs.add(to - from);
    trace.add(seen.firstLabel, from, to);
    for (int i = 0; i + 1 < clock.length; i++) {
      seen.kernels.get(i).add(clock[i + 1] - clock[i]);
      trace.add(seen.firstLabel + 1 + i, clock[i], clock[i + 1]);
    }
  }

  private Seen first(Program program) {
    int number = programs.size() + 1;
    int label = trace.label("program " + number, program.kernels().size() + " kernels", 0, 0);
    for (Cost cost : program.costs()) {
      trace.label(cost.op(), cost.shape(), cost.flops(), cost.bytes());
    }
    return new Seen(number, program, label);
  }

  /** Seconds from its begin to its end, or till now. */
  public synchronized double seconds() {
    return ((ended ? end : System.nanoTime()) - begin) / 1e9;
  }

  /** How many programs were compiled meanwhile. */
  public synchronized int compiled() {
    return compiled;
  }

  /** Seconds that compiling them took, inside of the runs that needed them. */
  public synchronized double compileSeconds() {
    return compileNanos / 1e9;
  }

  /** What ran, those first that took the most time. */
  public synchronized List<ProgramTime> programs() {
    List<ProgramTime> times = new ArrayList<>();
    programs.values().forEach(seen -> times.add(time(seen)));
    times.sort((a, b) -> Double.compare(b.seconds(), a.seconds()));
    return times;
  }

  private static ProgramTime time(Seen seen) {
    List<KernelTime> kernels = new ArrayList<>();
    for (int i = 0; i < seen.kernels.size(); i++) {
      Times times = seen.kernels.get(i);
      Cost cost = seen.program.costs().get(i);
      kernels.add(new KernelTime(cost, times.count, times.seconds(), times.median()));
    }
    return new ProgramTime(
        seen.number,
        seen.runs.count,
        seen.program.bytes(),
        seen.runs.seconds(),
        seen.runs.median(),
        kernels);
  }

  /** The kernels of each program by time, as text for people. */
  public String table() {
    return ProfileTable.of(this);
  }

  /**
   * The latest {@value Trace#EVENTS} runs of programs and kernels on a line of time: JSON in the
   * format of Chrome's trace events, which Perfetto (ui.perfetto.dev) and {@code chrome://tracing}
   * open.
   */
  public synchronized String trace() {
    return trace.json();
  }
}
