package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model does on some data: means over its samples.
 *
 * @param loss the mean loss
 * @param metrics the means of the metrics, by name
 * @param samples how many samples there were
 */
public record Scores(double loss, Map<String, Double> metrics, long samples) {
  /** Keeps an unmodifiable copy, in its order. */
  public Scores {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** The share of samples that were classified rightly, from 0 to 1. */
  public double accuracy() {
    return metric("accuracy");
  }

  /**
   * The loss, or a metric by its name.
   *
   * @throws MerapiException if it was not measured
   */
  public double metric(String name) {
    if (name.equals("loss")) {
      return loss;
    }
    var value = metrics.get(name);
    if (value == null) {
      throw new MerapiException(
          "%s was not measured, only loss and %s; name it in Trainer.metrics"
              .formatted(name, metrics.keySet()));
    }
    return value;
  }

  /** Loss and metrics to be shown, under names such as {@code val loss} for {@code "val "}. */
  List<Progress.Field> fields(String prefix) {
    var all = new ArrayList<Progress.Field>();
    all.add(new Progress.Field(prefix + "loss", loss));
    metrics.forEach((name, value) -> all.add(new Progress.Field(prefix + name, value)));
    return all;
  }

  /** Loss and metrics under names such as {@code val_loss}, for a prefix such as {@code val}. */
  public Map<String, Double> named(String prefix) {
    var all = new LinkedHashMap<String, Double>();
    all.put(prefix + "_loss", loss);
    metrics.forEach((name, value) -> all.put(prefix + "_" + name, value));
    return all;
  }
}
