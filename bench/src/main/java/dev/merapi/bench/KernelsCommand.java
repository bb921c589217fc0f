package dev.merapi.bench;

import dev.merapi.bench.KernelWorker.Result;
import dev.merapi.bench.KernelWorker.Results;
import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Jvm;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;

/** {@code merapi bench kernels}: how far each kernel is from the machine's ceiling. */
@Command(
    name = "kernels",
    description = {
      "Measures the kernels beside the machine's ceiling: multiplications in registers for what"
          + " computes, a streaming triad for what moves memory; on one thread and on all."
    },
    mixinStandardHelpOptions = true)
final class KernelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PART",
      arity = "0..*",
      description = "Parts of the names of kernels, such as GEMM or optimizer; none for all.")
  private List<String> parts = List.of();

  @Option(names = "--threads", description = "The other number of threads. Default: all.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--out",
      description = "Folder of kernels.json and kernels.md. Default: runs/bench.")
  private Path out = Path.of("runs", "bench");

  @Option(names = "--json", description = "Print the results as one line of JSON, too.")
  private boolean json;

  /** What {@code kernels.json} holds. */
  record Report(Environment environment, List<Results> runs) {}

  @Override
  public Integer call() {
    List<Results> runs = new ArrayList<>();
    runs.add(measure(1));
    if (threads > 1) {
      runs.add(measure(threads));
    }
    List<String> words = spec.commandLine().getParent().getParseResult().originalArgs();
    var report = new Report(Environment.capture(words, 0, "fixed random data"), runs);
    Grid grid = grid(runs);
    write(report, grid);
    var stdout = spec.commandLine().getOut();
    stdout.print(grid.text());
    stdout.println("written: " + out.resolve("kernels.md"));
    if (json) {
      stdout.println(Json.MAPPER.writeValueAsString(report));
    }
    stdout.flush();
    return 0;
  }

  private Results measure(int threads) {
    var command = new ArrayList<>(Jvm.like(threads));
    command.add(KernelWorker.class.getName());
    command.addAll(parts);
    try {
      var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      var started = process.start();
      String told =
          new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (started.waitFor() != 0) {
        throw new MerapiException("the kernels could not be measured; the reason is above");
      }
      return Json.MAPPER.readValue(told.lines().toList().getLast(), Results.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new MerapiException("interrupted while the kernels were measured", e);
    }
  }

  /** A line a kernel, a group of columns a number of threads. */
  static Grid grid(List<Results> runs) {
    List<String> titles = new ArrayList<>(List.of("kernel", "", "unit"));
    for (Results run : runs) {
      String threads = run.threads() == 1 ? "1 thread" : run.threads() + " threads";
      titles.addAll(List.of(threads, "ceiling", "of it"));
    }
    var grid = new Grid(3, titles.toArray(String[]::new));
    for (int i = 0; i < runs.getFirst().results().size(); i++) {
      Result first = runs.getFirst().results().get(i);
      List<String> words = new ArrayList<>(List.of(first.group(), first.name(), first.unit()));
      for (Results run : runs) {
        Result result = run.results().get(i);
        words.add(word("%.1f", result.rate()));
        words.add(word("%.1f", result.ceiling()));
        words.add(word("%.0f %%", result.percent()));
      }
      grid.add(words.toArray(String[]::new));
    }
    return grid;
  }

  private void write(Report report, Grid grid) {
    Environment environment = report.environment();
    try {
      Files.createDirectories(out);
      Files.writeString(
          out.resolve("kernels.json"),
          Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report)
              + "\n");
      Files.writeString(
          out.resolve("kernels.md"),
          """
          # Kernels beside the ceiling

          %s, %d processors, %s; Java %s; Merapi %s.
          Command: `./merapi bench %s`.

          %s\
          """
              .formatted(
                  environment.processor(),
                  environment.cores(),
                  environment.os(),
                  environment.java(),
                  environment.merapi(),
                  String.join(" ", environment.commandLine()),
                  grid.markdown()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String word(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
