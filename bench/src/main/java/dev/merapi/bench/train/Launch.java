package dev.merapi.bench.train;

import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Measurement;
import dev.merapi.bench.work.Task;
import dev.merapi.tensor.MerapiException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;

/** Starts one measured process, listens to it, and makes a {@link Run} of what it tells. */
final class Launch {
  private static final long LIMIT_MINUTES = 15;

  private Launch() {}

  static Run run(Contender contender, Task task, int pair) {
    var command = new ArrayList<>(contender.command());
    command.addAll(task.words());
    Path errors = temporary();
    try {
      var builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(contender.environment());
      long start = System.nanoTime();
      Process process = start(builder);
      Told told = listen(process, start);
      int code = process.waitFor();
      Optional<Measurement> measurement = told.measurement();
      String failure =
          measurement.isPresent() ? "" : "exit code %d: %s".formatted(code, lastLine(errors));
      return new Run(
          task.workload().name(),
          pair,
          contender.engine(),
          contender.setting(),
          task.precision(),
          task.threads(),
          told.firstStepMs(),
          measurement,
          failure);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new MerapiException("interrupted while " + command.getFirst() + " was measured", e);
    } finally {
      errors.toFile().delete();
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new MerapiException(
          "%s cannot be started (%s); name another, for Python with --python"
              .formatted(builder.command().getFirst(), e.getMessage()),
          e);
    }
  }

  /** What came over standard output. */
  private record Told(double firstStepMs, Optional<Measurement> measurement) {}

  private static Told listen(Process process, long start) throws IOException {
    double first = Double.NaN;
    String last = "";
    try (var limit = new ScheduledThreadPoolExecutor(1);
        var lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      var _ = limit.schedule(process::destroyForcibly, LIMIT_MINUTES, TimeUnit.MINUTES);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("first")) {
          first = (System.nanoTime() - start) * 1e-6;
        }
        last = line;
      }
      limit.shutdownNow();
    }
    return new Told(first, parse(last));
  }

  private static Optional<Measurement> parse(String line) {
    try {
      return line.startsWith("{")
          ? Optional.of(Json.MAPPER.readValue(line, Measurement.class))
          : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("merapi-bench", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last line that says something: where Python, the JVM and most shells put the reason. */
  private static String lastLine(Path errors) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(errors), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
            .toList();
    return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
  }
}
