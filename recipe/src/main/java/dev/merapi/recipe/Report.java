package dev.merapi.recipe;

import dev.merapi.train.EpochScores;
import dev.merapi.train.Scores;
import dev.merapi.train.Trained;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has come of a run; what was not measured is empty.
 *
 * @param run the run's folder
 * @param recipe its recipe's name
 * @param ending {@code complete}, {@code stopped_early} or {@code interrupted}
 * @param epochs the epochs that are complete
 * @param steps the steps done
 * @param parameters how many numbers are trained
 * @param trainLoss of the last epoch
 * @param trainAccuracy of the last epoch
 * @param valLoss of the epoch whose weights count
 * @param valAccuracy of the epoch whose weights count
 * @param testLoss of the weights that count
 * @param testAccuracy of the weights that count
 * @param test all metrics of the weights that count, by name
 * @param bestEpoch the epoch whose weights count
 * @param seconds how long the training took, validation included
 * @param samplesPerSecond how many training samples a second
 */
public record Report(
    String run,
    String recipe,
    String ending,
    int epochs,
    long steps,
    long parameters,
    Optional<Double> trainLoss,
    Optional<Double> trainAccuracy,
    Optional<Double> valLoss,
    Optional<Double> valAccuracy,
    Optional<Double> testLoss,
    Optional<Double> testAccuracy,
    Map<String, Double> test,
    Optional<Long> bestEpoch,
    double seconds,
    Optional<Double> samplesPerSecond) {

  static Report of(
      String run,
      String recipe,
      Trained trained,
      long parameters,
      Optional<EpochScores> counts,
      Optional<Scores> test) {
    var last =
        trained.history().isEmpty() ? Optional.<EpochScores>empty() : last(trained.history());
    var validation = counts.flatMap(EpochScores::validation);
    double samples = 0;
    double seconds = 0;
    for (var epoch : trained.history()) {
      samples += epoch.train().samples();
      seconds += epoch.seconds();
    }
    return new Report(
        run,
        recipe,
        trained.ending().name().toLowerCase(java.util.Locale.ROOT),
        trained.history().size(),
        trained.steps(),
        parameters,
        last.map(epoch -> epoch.train().loss()),
        last.flatMap(epoch -> accuracy(epoch.train())),
        validation.map(Scores::loss),
        validation.flatMap(Report::accuracy),
        test.map(Scores::loss),
        test.flatMap(Report::accuracy),
        test.map(Scores::metrics).orElse(Map.of()),
        counts.map(EpochScores::epoch),
        trained.seconds(),
        seconds > 0 ? Optional.of(samples / seconds) : Optional.empty());
  }

  private static Optional<EpochScores> last(List<EpochScores> history) {
    return Optional.of(history.getLast());
  }

  private static Optional<Double> accuracy(Scores scores) {
    return Optional.ofNullable(scores.metrics().get("accuracy"));
  }
}
