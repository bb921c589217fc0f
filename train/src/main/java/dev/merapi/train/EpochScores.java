package dev.merapi.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one pass over the training data has brought.
 *
 * @param epoch which pass, from 1
 * @param step how many steps had been done at its end
 * @param train means over its batches, each before the step that it led to
 * @param validation means over the validation data at its end; empty if there are none
 * @param learningRate of its last step
 * @param gradientNorm of its last step, before clipping
 * @param seconds how long the pass took, without the validation
 */
public record EpochScores(
    long epoch,
    long step,
    Scores train,
    Optional<Scores> validation,
    double learningRate,
    double gradientNorm,
    double seconds) {

  /** As a line of {@code metrics.jsonl}. */
  Map<String, Object> line() {
    var line = new LinkedHashMap<String, Object>();
    line.put("epoch", epoch);
    line.putAll(train.named("train"));
    validation.ifPresent(scores -> line.putAll(scores.named("val")));
    line.put("learning_rate", learningRate);
    line.put("gradient_norm", gradientNorm);
    line.put("seconds", seconds);
    line.put("samples_per_second", train.samples() / seconds);
    return line;
  }
}
