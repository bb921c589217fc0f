package dev.merapi.recipe;

import dev.merapi.recipe.TrainingSettings.MetricName;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Metric;
import java.util.List;
import java.util.Optional;

/**
 * How a recipe's network is measured and used.
 *
 * @param metrics what is measured beside the loss
 * @param batch samples in a batch
 * @param weights which weights count in the end
 * @param bestBy what tells the best epoch: the loss, or one of the metrics
 */
public record EvaluationSettings(
    @Default("[]") List<MetricName> metrics,
    @Default("256") @Range(from = 1) int batch,
    @Default("best") Weights weights,
    @Default("loss") MetricName bestBy) {
  public EvaluationSettings {
    if (bestBy != MetricName.LOSS && !metrics.contains(bestBy)) {
      throw new MerapiException(
          "`evaluation.best_by` is not measured; add it to `evaluation.metrics`, or judge by loss");
    }
  }

  /** Which weights count in the end. */
  public enum Weights {
    /** Those of the epoch with the best validation; the last, if nothing is held out for it. */
    BEST,
    /** Those of the last step. */
    LAST
  }

  Metric[] build() {
    return metrics.stream().map(MetricName::build).flatMap(Optional::stream).toArray(Metric[]::new);
  }
}
