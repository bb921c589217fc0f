package dev.merapi.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Rates of work by the processor time of the calling thread, which other programs on the machine do
 * not lengthen as they lengthen wall time. One contender is timed for a few milliseconds, then the
 * next, and round again: what slows the machine for a second slows them all.
 */
final class Clock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long SLICE_NANOS = 3_000_000;

  private final double operations;
  private long repeats = 1;
  private double seconds;
  private double done;

  /** A clock for work of so many operations a run. */
  Clock(double operations) {
    this.operations = operations;
  }

  /** Runs {@code work} for a slice of a few milliseconds, or once where it takes longer. */
  void time(Runnable work) {
    long start = THREADS.getCurrentThreadCpuTime();
    long nanos;
    long runs = 0;
    do {
      for (long i = 0; i < repeats; i++) {
        work.run();
      }
      runs += repeats;
      nanos = THREADS.getCurrentThreadCpuTime() - start;
      if (nanos < SLICE_NANOS / 4) {
        repeats *= 2; // so that reading the clock does not weigh
      }
    } while (nanos < SLICE_NANOS);
    seconds += nanos * 1e-9;
    done += operations * runs;
  }

  /** 10⁹ operations a second since the last {@link #reset}. */
  double giga() {
    return seconds == 0 ? 0 : done / seconds * 1e-9;
  }

  void reset() {
    seconds = 0;
    done = 0;
  }
}
