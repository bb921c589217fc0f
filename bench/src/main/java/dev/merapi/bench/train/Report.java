package dev.merapi.bench.train;

import dev.merapi.bench.train.Run.Subject;
import dev.merapi.bench.work.Measurement;
import dev.merapi.bench.work.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What the runs say: a row for each engine at each workload, and the mean of the ratios. */
final class Report {
  private Report() {}

  /**
   * An engine at a workload, in the setting in which it is fastest.
   *
   * @param perSecond units a second
   * @param ratio the engine's time over Merapi's, the median over the pairs: above 1, Merapi is
   *     faster; none in Merapi's own row, and in a void one
   * @param pairs how many runs the medians are of
   * @param peakMib greatest resident memory, the median
   * @param firstStepSeconds from the start of the process to the end of its first step, the median
   * @param verdict empty, or why the row is void
   */
  record Row(
      String workload,
      String engine,
      String setting,
      String precision,
      int threads,
      double medianMs,
      double perSecond,
      String unit,
      OptionalDouble ratio,
      int pairs,
      double peakMib,
      double firstStepSeconds,
      String evidence,
      String verdict) {
    boolean isVoid() {
      return !verdict.isEmpty();
    }
  }

  /** Merapi against one peer over all workloads. */
  record Summary(String engine, String precision, int rows, double geometricMean, double least) {}

  /** A row for each workload, precision and engine, Merapi's first. */
  static List<Row> rows(List<Run> runs, List<Workload> workloads) {
    Map<Subject, List<Run>> subjects = new LinkedHashMap<>();
    for (Run run : runs) {
      subjects.computeIfAbsent(run.subject(), _ -> new ArrayList<>()).add(run);
    }
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      for (String precision : precisions(runs)) {
        for (String engine : engines(runs)) {
          best(subjects, workload.name(), precision, engine)
              .ifPresent(best -> rows.add(row(workload, best, ours(subjects, best))));
        }
      }
    }
    return rows;
  }

  private static Optional<List<Run>> best(
      Map<Subject, List<Run>> subjects, String workload, String precision, String engine) {
    return subjects.entrySet().stream()
        .filter(
            e ->
                e.getKey().workload().equals(workload)
                    && e.getKey().precision().equals(precision)
                    && e.getKey().engine().equals(engine))
        .map(Map.Entry::getValue)
        .min(Comparator.comparingDouble(Report::rank));
  }

  /** Sound settings by their time, then the others. */
  private static double rank(List<Run> runs) {
    return unsound(runs).isEmpty() ? median(runs, Measurement::medianMs) : Double.MAX_VALUE;
  }

  private static List<Run> ours(Map<Subject, List<Run>> subjects, List<Run> peer) {
    Subject subject = peer.getFirst().subject();
    return best(subjects, subject.workload(), subject.precision(), Run.MERAPI).orElse(List.of());
  }

  private static Row row(Workload workload, List<Run> runs, List<Run> ours) {
    Subject subject = runs.getFirst().subject();
    boolean peer = !subject.engine().equals(Run.MERAPI);
    String verdict = unsound(runs);
    if (verdict.isEmpty() && peer && !unsound(ours).isEmpty()) {
      verdict = "void with Merapi's own row";
    }
    double millis = median(runs, Measurement::medianMs);
    return new Row(
        subject.workload(),
        subject.engine(),
        subject.setting(),
        subject.precision(),
        subject.threads(),
        millis,
        1e3 / millis * workload.unitsAStep(),
        workload.unit(),
        peer && verdict.isEmpty() ? ratio(runs, ours) : OptionalDouble.empty(),
        runs.size(),
        median(runs, m -> m.peakKib() / 1024.0),
        median(runs.stream().mapToDouble(run -> run.firstStepMs() * 1e-3)),
        evidence(runs),
        verdict);
  }

  /** Why runs mean nothing: one failed, or its loss did not fall. */
  private static String unsound(List<Run> runs) {
    for (Run run : runs) {
      if (run.measurement().isEmpty()) {
        return run.failure();
      }
      Measurement measurement = run.measurement().get();
      if (!measurement.isSound()) {
        return "void: " + measurement.evidence();
      }
    }
    return "";
  }

  private static String evidence(List<Run> runs) {
    return runs.getFirst().measurement().map(Measurement::evidence).orElse("");
  }

  /** The median over the pairs of the peer's time over ours in the same pair. */
  private static OptionalDouble ratio(List<Run> peer, List<Run> ours) {
    double[] ratios =
        peer.stream()
            .flatMapToDouble(
                run ->
                    ours.stream()
                        .filter(our -> our.pair() == run.pair())
                        .mapToDouble(our -> millis(run) / millis(our)))
            .toArray();
    return ratios.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(median(Arrays.stream(ratios)));
  }

  private static double millis(Run run) {
    return run.measurement().orElseThrow().medianMs();
  }

  private static double median(List<Run> runs, ToDoubleFunction<Measurement> of) {
    return median(runs.stream().flatMap(run -> run.measurement().stream()).mapToDouble(of));
  }

  /** The median; the mean of the middle two of an even number; NaN of nothing. */
  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** The geometric mean of the ratios for each peer and precision. */
  static List<Summary> summaries(List<Row> rows) {
    Map<List<String>, List<Double>> ratios = new LinkedHashMap<>();
    for (Row row : rows) {
      row.ratio()
          .ifPresent(
              ratio ->
                  ratios
                      .computeIfAbsent(
                          List.of(row.engine(), row.precision()), _ -> new ArrayList<>())
                      .add(ratio));
    }
    List<Summary> summaries = new ArrayList<>();
    ratios.forEach(
        (key, values) -> {
          double logs = values.stream().mapToDouble(Math::log).average().orElseThrow();
          double least = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
          summaries.add(new Summary(key.get(0), key.get(1), values.size(), Math.exp(logs), least));
        });
    return summaries;
  }

  private static LinkedHashSet<String> precisions(List<Run> runs) {
    var all = new LinkedHashSet<String>();
    runs.forEach(run -> all.add(run.precision()));
    return all;
  }

  /** Merapi, then the peers as they come. */
  private static LinkedHashSet<String> engines(List<Run> runs) {
    var all = new LinkedHashSet<String>();
    all.add(Run.MERAPI);
    runs.forEach(run -> all.add(run.engine()));
    return all;
  }
}
