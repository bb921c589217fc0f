package dev.merapi.bench.train;

import dev.merapi.bench.Grid;
import dev.merapi.bench.train.Engine.Conditions;
import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Task;
import dev.merapi.bench.work.Workload;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import dev.merapi.train.Charts;
import dev.merapi.train.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;

/** {@code merapi bench scaling}: what a step costs as a workload grows, and on how many threads. */
@Command(
    name = "scaling",
    description = {
      "Measures Merapi's step as a workload grows in batch, layers and context, where it has them,"
          + " and on one thread beside all."
    },
    mixinStandardHelpOptions = true)
public final class ScalingCommand implements Callable<Integer> {
  private static final double[] FACTORS = {0.5, 1, 2};
  private static final List<String> SIZES = List.of("batch", "layers", "context");

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "WORKLOAD",
      arity = "0..*",
      description = "The workloads that grow. Default: w6b.")
  private List<String> names = List.of("w6b");

  @Option(names = "--threads", description = "The most threads. Default: all processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "SIZE",
      description = "What grows: batch, layers, context. Default: all of them.")
  private List<String> sizes = SIZES;

  @Option(names = "--seconds", description = "How long each run is timed. Default: 3.")
  private double seconds = 3;

  @Option(names = "--warm-up", description = "Seconds before that. Default: 8.")
  private double warmUp = 8;

  @Option(
      names = "--out",
      description = "Folder of scaling.json, scaling.md and scaling.png. Default: runs/bench.")
  private Path out = Path.of("runs", "bench");

  /**
   * A point of a curve.
   *
   * @param size what grows
   * @param value how large it is
   */
  record Point(String workload, String size, int value, double millis) {
    /** Milliseconds for one of what grows: level where the cost is linear. */
    double each() {
      return millis / value;
    }
  }

  /** What {@code scaling.json} holds. */
  record Report(Environment environment, List<Point> points) {}

  @Override
  public Integer call() {
    List<Point> points = new ArrayList<>();
    for (Workload workload : TrainCommand.chosen(names)) {
      for (String size : sizes) {
        if (!SIZES.contains(size)) {
          throw new MerapiException("--sizes %s: there are %s".formatted(size, SIZES));
        }
        if (workload.sizes().containsKey(size)) {
          for (double factor : FACTORS) {
            int value = (int) Math.round(factor * workload.size(size));
            points.add(measure(workload, workload.with(size, value), size, value, threads));
          }
        }
      }
      for (int some = 1; some <= threads; some *= 2) {
        points.add(measure(workload, workload, "threads", some, some));
      }
    }
    List<String> words = spec.commandLine().getParent().getParseResult().originalArgs();
    Grid grid = grid(points);
    write(new Report(Environment.capture(words, 0, "fixed random data"), points), grid);
    var stdout = spec.commandLine().getOut();
    stdout.print(grid.text());
    stdout.println("written: " + out.resolve("scaling.md"));
    stdout.flush();
    return 0;
  }

  private Point measure(Workload workload, Workload grown, String size, int value, int threads) {
    var contender = new Merapi().contenders(grown, new Conditions("fp32", threads)).getFirst();
    Run run = Launch.run(contender, new Task(grown, "", "fp32", threads, warmUp, seconds), 1);
    double millis =
        run.measurement()
            .orElseThrow(() -> new MerapiException(grown.name() + ": " + run.failure()))
            .medianMs();
    spec.commandLine()
        .getErr()
        .println("%s, %d threads: %.3f ms a step".formatted(grown.name(), threads, millis));
    spec.commandLine().getErr().flush();
    return new Point(workload.name(), size, value, millis);
  }

  static Grid grid(List<Point> points) {
    var grid = new Grid(2, "workload", "grows", "to", "ms a step", "ms for each");
    for (Point point : points) {
      grid.add(
          point.workload(),
          point.size(),
          Integer.toString(point.value()),
          String.format(Locale.ROOT, "%.3f", point.millis()),
          point.size().equals("threads") ? "" : String.format(Locale.ROOT, "%.3f", point.each()));
    }
    return grid;
  }

  /** A chart for each curve, with a line of the same cost for each beside it. */
  static List<Chart> charts(List<Point> points) {
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    for (Point point : points) {
      if (!point.size().equals("threads")) {
        String title = "%s: a step by %s".formatted(point.workload(), point.size());
        curves.computeIfAbsent(title, _ -> new ArrayList<>()).add(point);
      }
    }
    List<Chart> charts = new ArrayList<>();
    curves.forEach(
        (title, curve) -> {
          double[] x = curve.stream().mapToDouble(Point::value).toArray();
          double[] y = curve.stream().mapToDouble(Point::millis).toArray();
          double each = curve.getFirst().each();
          double[] linear = curve.stream().mapToDouble(p -> each * p.value()).toArray();
          charts.add(
              Chart.of(
                  title,
                  curve.getFirst().size(),
                  "ms a step",
                  Series.of("measured", Style.PATH, x, y),
                  Series.of("in proportion to the first", Style.BACKGROUND, x, linear)));
        });
    return charts;
  }

  private void write(Report report, Grid grid) {
    Environment environment = report.environment();
    try {
      Files.createDirectories(out);
      Files.writeString(
          out.resolve("scaling.json"),
          Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report)
              + "\n");
      Files.writeString(
          out.resolve("scaling.md"),
          "# A step as the workload grows\n\n%s, %d processors; Java %s.\nCommand: `./merapi bench %s`.\n\n%s"
              .formatted(
                  environment.processor(),
                  environment.cores(),
                  environment.java(),
                  String.join(" ", environment.commandLine()),
                  grid.markdown()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Chart> charts = charts(report.points());
    if (!charts.isEmpty()) {
      Charts.write(out.resolve("scaling.png"), charts);
    }
  }
}
