package dev.merapi.recipe;

import dev.merapi.train.Metrics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one training has come to.
 *
 * @param trial the number of its combination, from 1
 * @param epochs that it was to train for
 * @param values of the settings that are searched, by their paths
 * @param score by the validation data; empty if it failed
 * @param bestEpoch the epoch that was scored
 * @param train loss and metrics on the training data in that epoch
 * @param validation those on the validation data after it
 * @param reason why it failed; empty if it did not
 */
public record SearchResult(
    int trial,
    int epochs,
    Map<String, Object> values,
    Optional<Double> score,
    long bestEpoch,
    Map<String, Double> train,
    Map<String, Double> validation,
    double seconds,
    String reason) {

  /** As a line of {@link Search#TRIALS}. */
  Map<String, Object> line() {
    var line = new LinkedHashMap<String, Object>();
    line.put("trial", trial);
    line.put("epochs", epochs);
    line.put("values", values);
    score.ifPresent(value -> line.put("score", value));
    line.put("best_epoch", bestEpoch);
    line.put("train", train);
    line.put("validation", validation);
    line.put("seconds", seconds);
    line.put("reason", reason);
    return line;
  }

  /** Reads a line; its values are those of its trial. */
  static SearchResult of(Metrics.Line line, Map<String, Object> values) {
    return new SearchResult(
        (int) line.number("trial").orElse(0),
        (int) line.number("epochs").orElse(0),
        values,
        line.number("score").stream().boxed().findFirst(),
        (long) line.number("best_epoch").orElse(0),
        scores(line.fields().get("train")),
        scores(line.fields().get("validation")),
        line.number("seconds").orElse(0),
        String.valueOf(line.fields().getOrDefault("reason", "")));
  }

  private static Map<String, Double> scores(Object written) {
    var scores = new LinkedHashMap<String, Double>();
    if (written instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            if (value instanceof Number number) {
              scores.put(name.toString(), number.doubleValue());
            }
          });
    }
    return scores;
  }

  /** Whether it can be compared with others. */
  boolean isScored() {
    return score.filter(Double::isFinite).isPresent();
  }

  /** The last words of paths, where these tell them apart. */
  public static Map<String, String> names(List<String> paths) {
    var last = new HashMap<String, Integer>();
    paths.forEach(path -> last.merge(path.substring(path.lastIndexOf('.') + 1), 1, Integer::sum));
    var names = new LinkedHashMap<String, String>();
    for (var path : paths) {
      var word = path.substring(path.lastIndexOf('.') + 1);
      names.put(path, last.get(word) == 1 ? word : path);
    }
    return names;
  }
}
