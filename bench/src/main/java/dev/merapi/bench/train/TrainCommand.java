package dev.merapi.bench.train;

import dev.merapi.bench.train.Engine.Conditions;
import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Task;
import dev.merapi.bench.work.Workload;
import dev.merapi.tensor.MerapiException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi bench train}: the same training by Merapi and by its peers, in turn. */
@Command(
    name = "train",
    description = {
      "Trains the same models on the same data with Merapi and its peers, in turn, each run in a"
          + " process of its own, and compares them."
    },
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
  /** A JVM compiles while it works; Merapi is measured when that is over. */
  private static final double WARM_UP_SECONDS = 8;

  /** A peer's code is compiled before, or in its first step. */
  private static final double PEER_WARM_UP_SECONDS = 2;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "WORKLOAD",
      arity = "0..*",
      description = "What to train: w1 … w10, or one of their forms, such as w1-512; none for all.")
  private List<String> names = List.of();

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      description =
          "The engines to compare with: libtorch, pytorch; none: our own runs. Default: pytorch.")
  private List<String> peers = List.of("pytorch");

  @Option(names = "--threads", description = "Threads of each engine. Default: all processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--pairs", description = "Rounds of all engines. Default: 5.")
  private int pairs = 5;

  @Option(names = "--precision", description = "fp32 or bf16. Default: fp32.")
  private String precision = "fp32";

  @Option(names = "--seconds", description = "How long each run is timed. Default: 3.")
  private double seconds = 3;

  @Option(
      names = "--warm-up",
      description = "Seconds before that. Default: 8 for Merapi, 2 for its peers.")
  private Optional<Double> warmUp = Optional.empty();

  @Option(
      names = "--python",
      description = "The Python that has torch. Default: $MERAPI_PYTHON, or python3.")
  private Optional<String> python = Optional.empty();

  @Option(
      names = "--settings",
      split = ",",
      paramLabel = "SETTING",
      description = "Only these settings of the peers, such as eager. Default: all.")
  private List<String> settings = List.of();

  @Option(
      names = "--out",
      description = "Folder of train.json, train.md and train.png. Default: runs/bench.")
  private Path out = Path.of("runs", "bench");

  @Option(names = "--append", description = "Keep the runs that the folder holds, and add to them.")
  private boolean append;

  @Option(names = "--json", description = "Print the results as one line of JSON, too.")
  private boolean json;

  @Override
  public Integer call() {
    if (!List.of("fp32", "bf16").contains(precision)) {
      throw new MerapiException("--precision %s: there are fp32 and bf16".formatted(precision));
    }
    var engines = engines();
    List<Run> runs = new ArrayList<>(append ? Results.runs(out) : List.of());
    var conditions = new Conditions(precision, threads);
    List<Workload> chosen = chosen(names);
    Results results = results(runs);
    for (Workload workload : chosen) {
      int first = Rounds.next(runs, workload.name(), precision);
      for (int pair = first; pair < first + pairs; pair++) {
        round(engines, workload, conditions, pair, runs);
        results = results(runs);
        results.write(out); // what was measured is kept, whatever comes
      }
    }
    var stdout = spec.commandLine().getOut();
    stdout.println(results.text());
    stdout.println("written: " + out.resolve("train.md"));
    if (json) {
      stdout.println(Json.MAPPER.writeValueAsString(results));
    }
    stdout.flush();
    return 0;
  }

  private Results results(List<Run> runs) {
    List<String> words = spec.commandLine().getParent().getParseResult().originalArgs();
    return Results.of(runs, Workload.all(), words);
  }

  private void round(
      List<Engine> engines, Workload workload, Conditions conditions, int pair, List<Run> runs) {
    for (Engine engine : engines) {
      var contenders =
          engine.contenders(workload, conditions).stream().filter(this::isWanted).toList();
      for (var one : Rounds.hopeful(contenders, runs, workload.name(), precision)) {
        boolean ours = engine.name().equals(Run.MERAPI);
        double before = warmUp.orElse(ours ? WARM_UP_SECONDS : PEER_WARM_UP_SECONDS);
        var task = new Task(workload, one.setting(), precision, threads, before, seconds);
        Run run = Launch.run(one, task, pair);
        runs.add(run);
        say(run);
      }
    }
  }

  private boolean isWanted(Contender one) {
    return settings.isEmpty() || one.setting().isEmpty() || settings.contains(one.setting());
  }

  private void say(Run run) {
    var err = spec.commandLine().getErr();
    err.println(
        "%s, round %d: %s %s %s"
            .formatted(
                run.workload(),
                run.pair(),
                run.engine(),
                run.setting(),
                run.measurement()
                    .map(m -> "%.3f ms a step, %s".formatted(m.medianMs(), m.evidence()))
                    .orElse(run.failure())));
    err.flush();
  }

  private List<Engine> engines() {
    List<Engine> engines = new ArrayList<>();
    engines.add(new Merapi());
    for (String peer : peers.equals(List.of("none")) ? List.<String>of() : peers) {
      engines.add(
          switch (peer) {
            case "pytorch" -> new PyTorch(python(), root().resolve("bench/pytorch/peer.py"));
            case "libtorch" -> built(JvmPeer.libtorch(root()));
            default ->
                throw new MerapiException(
                    "--peers %s: there is no such peer; there are libtorch and pytorch"
                        .formatted(peer));
          });
    }
    return engines;
  }

  private static JvmPeer built(JvmPeer peer) {
    peer.build();
    return peer;
  }

  private String python() {
    return python.or(() -> Optional.ofNullable(System.getenv("MERAPI_PYTHON"))).orElse("python3");
  }

  /** The project's folder, which the launcher tells. */
  private static Path root() {
    return Path.of(System.getProperty("merapi.root", ""));
  }

  /** Workloads by name, or by the beginning that their forms share; all if none is named. */
  static List<Workload> chosen(List<String> names) {
    if (names.isEmpty()) {
      return Workload.all();
    }
    List<Workload> chosen = new ArrayList<>();
    for (String name : names) {
      String form = name.toLowerCase(Locale.ROOT);
      List<Workload> matching =
          Workload.all().stream()
              .filter(w -> w.name().equals(form) || w.name().matches(form + "([a-z]|-\\d+)"))
              .toList();
      if (matching.isEmpty()) {
        throw new MerapiException(
            "there is no workload %s; there are %s"
                .formatted(
                    name,
                    Workload.all().stream().map(Workload::name).collect(Collectors.joining(", "))));
      }
      chosen.addAll(matching);
    }
    return chosen;
  }
}
