package dev.merapi.bench.train;

import dev.merapi.bench.Grid;
import dev.merapi.bench.train.Report.Row;
import dev.merapi.bench.train.Report.Summary;
import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Workload;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;

/**
 * All that is known of a benchmark, as {@code train.json} keeps it.
 *
 * @param versions of the engines
 */
record Results(
    Environment environment,
    List<String> versions,
    List<Row> rows,
    List<Summary> summaries,
    List<Run> runs) {
  private static final String JSON = "train.json";

  static Results of(List<Run> runs, List<Workload> workloads, List<String> commandLine) {
    List<Row> rows = Report.rows(runs, workloads);
    return new Results(
        Environment.capture(commandLine, 0, "fixed random data"),
        runs.stream()
            .flatMap(run -> run.measurement().stream())
            .map(measurement -> measurement.version())
            .distinct()
            .toList(),
        rows,
        Report.summaries(rows),
        List.copyOf(runs));
  }

  /** The runs that a folder holds; none where there is nothing. */
  static List<Run> runs(Path folder) {
    Path file = folder.resolve(JSON);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Json.MAPPER.readValue(Files.readAllBytes(file), Results.class).runs();
    } catch (IOException | JacksonException e) {
      throw new MerapiException(
          file + ": it cannot be read as results (" + e.getMessage() + "); name another folder", e);
    }
  }

  /** The table, for a terminal. */
  String text() {
    return grid().text() + "\n" + String.join("\n", summaryLines()) + "\n";
  }

  /** Writes {@code train.json}, {@code train.md} and {@code train.png}. */
  void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve(JSON),
          Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this)
              + "\n");
      Files.writeString(folder.resolve("train.md"), markdown());
      if (rows.stream().anyMatch(row -> row.ratio().isPresent())) {
        Bars.write(folder.resolve("train.png"), rows);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String markdown() {
    return """
    # Training, side by side

    %s, %d processors, %s; Java %s; %s.
    Command: `./merapi bench %s`.

    %s
    %s
    """
        .formatted(
            environment.processor(),
            environment.cores(),
            environment.os(),
            environment.java(),
            String.join(", ", versions),
            String.join(" ", environment.commandLine()),
            grid().markdown(),
            summaryLines().stream().map(line -> "- " + line).collect(Collectors.joining("\n")));
  }

  private List<String> summaryLines() {
    List<String> lines = new ArrayList<>();
    for (Summary summary : summaries) {
      lines.add(
          word(
              "%s %s: its time over Merapi's is %.2f in the geometric mean of %d workloads, %.2f at"
                  + " the least",
              summary.engine(),
              summary.precision(),
              summary.geometricMean(),
              summary.rows(),
              summary.least()));
    }
    return lines;
  }

  private Grid grid() {
    var grid =
        new Grid(
            3,
            "workload",
            "engine",
            "setting",
            "ms a step",
            "a second",
            "ratio",
            "pairs",
            "peak MiB",
            "first step s",
            "sound");
    for (Row row : rows) {
      grid.add(
          row.workload() + (row.precision().equals("fp32") ? "" : " " + row.precision()),
          row.engine(),
          row.setting(),
          word(row.medianMs() < 10 ? "%.3f" : "%.1f", row.medianMs()),
          word(row.perSecond() < 100 ? "%.1f %s" : "%.0f %s", row.perSecond(), row.unit()),
          row.ratio().isPresent() ? word("%.2f", row.ratio().getAsDouble()) : "",
          Integer.toString(row.pairs()),
          word("%.0f", row.peakMib()),
          word("%.2f", row.firstStepSeconds()),
          row.isVoid() ? row.verdict() : row.evidence());
    }
    return grid;
  }

  private static String word(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
