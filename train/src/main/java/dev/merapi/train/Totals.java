package dev.merapi.train;

import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums over the samples seen so far, of which {@link #scores} are the means.
 *
 * @param samples how many
 * @param loss their summed loss
 * @param metrics their summed metrics, in the order of the trainer's
 */
record Totals(long samples, double loss, List<Double> metrics) {
  Totals {
    metrics = List.copyOf(metrics);
  }

  static Totals none(List<Metric> metrics) {
    return new Totals(0, 0, metrics.stream().map(_ -> 0.0).toList());
  }

  /** And some more samples. */
  Totals plus(long more, double meanLoss, List<Double> sums) {
    var added = new Double[metrics.size()];
    for (int i = 0; i < added.length; i++) {
      added[i] = metrics.get(i) + sums.get(i);
    }
    return new Totals(samples + more, loss + meanLoss * more, List.of(added));
  }

  /** The metrics of one batch, as numbers. */
  static List<Double> numbers(List<Tensor> values) {
    return values.stream().map(Tensor::item).toList();
  }

  Scores scores(List<Metric> names) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      means.put(names.get(i).name(), metrics.get(i) / samples);
    }
    return new Scores(loss / samples, means, samples);
  }
}
