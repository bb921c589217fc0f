package dev.merapi.train;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How the numbers of each parameter are spread, and those of its gradient: a line of {@code
 * histograms.jsonl} for each, after an epoch. Gradients are those of the epoch's last batch, by one
 * more pass forwards and backwards than the training takes.
 */
final class Histograms {
  static final String FILE = "histograms.jsonl";
  private static final int BINS = 64;

  private Histograms() {}

  /**
   * Writes the lines of one epoch.
   *
   * @param trained what is trained, by name
   * @param loss of the epoch's last batch, which is computed again with the weights as they are now
   */
  static void write(
      RunWriter run,
      SequencedMap<String, Parameter> trained,
      Tensor loss,
      Precision precision,
      EpochScores epoch) {
    var gradients =
        new Step(Gradients.of(loss, List.copyOf(trained.values())), List.of(), precision).run();
    var lines = new ArrayList<Map<String, Object>>();
    var gradient = gradients.iterator();
    trained.forEach(
        (name, weight) -> {
          lines.add(line(epoch, "weight", name, weight));
          lines.add(line(epoch, "gradient", name, gradient.next()));
        });
    run.append(FILE, epoch.step(), lines);
  }

  private static Map<String, Object> line(
      EpochScores epoch, String kind, String name, Tensor values) {
    var line = new LinkedHashMap<String, Object>();
    line.put("epoch", epoch.epoch());
    line.put("kind", kind);
    line.put("name", name);
    line.putAll(of(values.toArray()));
    return line;
  }

  /**
   * The least and the largest finite value, how many there are in each of {@value #BINS} equal
   * parts between them, and how many are not finite.
   */
  static Map<String, Object> of(float[] values) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    long broken = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      } else {
        broken++;
      }
    }
    long[] counts = new long[BINS];
    double scale = high > low ? BINS / ((double) high - low) : 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        counts[(int) Math.min(BINS - 1, ((double) value - low) * scale)]++;
      }
    }
    var line = new LinkedHashMap<String, Object>();
    line.put("low", broken == values.length ? 0 : low);
    line.put("high", broken == values.length ? 0 : high);
    line.put("counts", boxed(counts));
    line.put("not_finite", broken);
    return line;
  }

  private static List<Long> boxed(long[] counts) {
    var list = new ArrayList<Long>();
    for (long count : counts) {
      list.add(count);
    }
    return list;
  }
}
