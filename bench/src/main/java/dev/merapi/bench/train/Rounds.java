package dev.merapi.bench.train;

import dev.merapi.bench.work.Measurement;
import java.util.List;
import java.util.OptionalDouble;

/** Which settings run in the next round. */
final class Rounds {
  /**
   * A machine's noise, generously: a setting that is slower by this factor will not be the best.
   */
  private static final double FAR = 1.2;

  private Rounds() {}

  /** The number of the next round of a workload. */
  static int next(List<Run> runs, String workload, String precision) {
    return runs.stream()
            .filter(run -> run.workload().equals(workload) && run.precision().equals(precision))
            .mapToInt(Run::pair)
            .max()
            .orElse(0)
        + 1;
  }

  /**
   * The settings of one engine that may still be its best at a workload: those that have not run,
   * and those whose times are near the least. What failed or trained nothing is out, if another
   * works.
   */
  static List<Contender> hopeful(
      List<Contender> settings, List<Run> runs, String workload, String precision) {
    double best =
        settings.stream()
            .mapToDouble(one -> time(one, runs, workload, precision).orElse(Double.MAX_VALUE))
            .min()
            .orElse(Double.MAX_VALUE);
    return settings.stream()
        .filter(one -> time(one, runs, workload, precision).orElse(best) <= FAR * best)
        .toList();
  }

  private static OptionalDouble time(
      Contender one, List<Run> runs, String workload, String precision) {
    List<Run> own =
        runs.stream()
            .filter(
                run ->
                    run.workload().equals(workload)
                        && run.precision().equals(precision)
                        && run.engine().equals(one.engine())
                        && run.setting().equals(one.setting()))
            .toList();
    if (own.isEmpty()) {
      return OptionalDouble.empty();
    }
    boolean sound =
        own.stream().allMatch(run -> run.measurement().filter(Measurement::isSound).isPresent());
    return OptionalDouble.of(
        sound
            ? Report.median(
                own.stream().mapToDouble(run -> run.measurement().orElseThrow().medianMs()))
            : Double.MAX_VALUE);
  }
}
