package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import java.util.List;
import java.util.Optional;

/**
 * Which epoch is the best, and when to stop for want of a better one. Judged by the validation
 * data; without them no epoch is the best, and nothing stops.
 *
 * @param metric {@code loss}, or the name of a metric
 * @param greatestIsBest whether more of it is better
 * @param patience training stops after so many epochs in a row without a better one; at least 1
 * @param minDelta an epoch is better if it is so by more than this; 0 by default
 */
public record EarlyStopping(String metric, boolean greatestIsBest, int patience, double minDelta) {
  /** Never stops. */
  public static final int FOREVER = Integer.MAX_VALUE;

  public EarlyStopping {
    if (patience < 1) {
      throw new MerapiException(
          "early stopping: a patience of " + patience + " epochs; give at least 1");
    }
    if (!(minDelta >= 0)) {
      throw new MerapiException(
          "early stopping: a least difference of " + minDelta + "; give at least 0");
    }
  }

  /** Judges by the loss, and never stops: the default. */
  public static EarlyStopping never() {
    return onLoss(FOREVER);
  }

  /** Stops when the loss has not fallen for so many epochs. */
  public static EarlyStopping onLoss(int patience) {
    return new EarlyStopping("loss", false, patience, 0);
  }

  /** Stops when a metric has not got better for so many epochs. */
  public static EarlyStopping on(Metric metric, int patience) {
    return new EarlyStopping(metric.name(), metric.greatestIsBest(), patience, 0);
  }

  /** Takes an epoch for better only if it is so by more than this. */
  public EarlyStopping minDelta(double least) {
    return new EarlyStopping(metric, greatestIsBest, patience, least);
  }

  /** The best of these epochs. */
  Optional<EpochScores> best(List<EpochScores> history) {
    Optional<EpochScores> best = Optional.empty();
    for (var epoch : history) {
      if (epoch.validation().isPresent()
          && (best.isEmpty() || value(epoch) - value(best.get()) > minDelta)) {
        best = Optional.of(epoch);
      }
    }
    return best;
  }

  /** Whether it is time to stop after these epochs. */
  boolean stops(List<EpochScores> history) {
    return best(history)
        .map(best -> history.getLast().epoch() - best.epoch() >= patience)
        .orElse(false);
  }

  /** The more the better. */
  private double value(EpochScores epoch) {
    double value = epoch.validation().orElseThrow().metric(metric);
    return greatestIsBest ? value : -value;
  }
}
