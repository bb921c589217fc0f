package dev.merapi.bench.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The loop of a measured process: the first step, which it announces by the line {@code first}; a
 * warm-up by time; the steps that count; and the {@link Measurement} as its last line, in JSON.
 */
public final class Measuring {
  private static final int LEAST_WARM_UP = 3;
  private static final int LEAST_STEPS = 5;

  private Measuring() {}

  /** Measures what {@code make} gives. Making it is a part of the time to the first step. */
  public static void run(Task task, String version, Supplier<Trainee> make) {
    Trainee trainee = make.get();
    double first = trainee.step();
    System.out.println("first");
    System.out.flush();
    long start = System.nanoTime();
    for (int i = 0; i < LEAST_WARM_UP || seconds(start) < task.warmUpSeconds(); i++) {
      trainee.step();
    }
    double last = first;
    var millis = new double[1024];
    int steps = 0;
    start = System.nanoTime();
    while (steps < LEAST_STEPS || seconds(start) < task.seconds()) {
      long before = System.nanoTime();
      last = trainee.step();
      double elapsed = (System.nanoTime() - before) * 1e-6;
      if (steps == millis.length) {
        millis = Arrays.copyOf(millis, 2 * steps);
      }
      millis[steps++] = elapsed / trainee.stepsACall();
    }
    long peak = peakKib();
    double[] sorted = Arrays.copyOf(millis, steps);
    Arrays.sort(sorted);
    var measurement =
        new Measurement(
            version, steps, sorted[steps / 2], sorted[0], first, last, trainee.agreement(), peak);
    System.out.println(Json.MAPPER.writeValueAsString(measurement));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** VmHWM of this process in KiB; 0 where the system does not tell. */
  private static long peakKib() {
    var status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
