package dev.merapi.evaluation;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * How sure one may be of a measure: it is taken again over samples drawn with replacement, and the
 * middle of what comes out is its interval (Efron, 1979, percentile method).
 *
 * @param resamples how often; 1,000 gives an interval that is stable in its second digit
 * @param level how much of it the interval holds, such as 0.95
 */
public record Bootstrap(int resamples, double level) {

  /**
   * A range that holds the measure with a given certainty.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {}

  public Bootstrap {
    if (resamples < 1 || !(level > 0 && level < 1)) {
      throw new MerapiException(
          "bootstrap: %d resamples at a level of %s; give at least one, and a level between 0 and 1"
              .formatted(resamples, level));
    }
  }

  /** 1,000 resamples, 95 %. */
  public static Bootstrap of() {
    return new Bootstrap(1000, 0.95);
  }

  /**
   * The interval of a mean of values, one a sample.
   *
   * @param key the same key gives the same interval
   */
  public Interval ofMean(double[] values, Key key) {
    return of(
        values.length,
        rows -> Arrays.stream(rows).mapToDouble(i -> values[i]).sum() / rows.length,
        key);
  }

  /**
   * The interval of any measure of some samples.
   *
   * @param measure takes the numbers of the samples, some of them several times
   * @param key the same key gives the same interval
   */
  public Interval of(int samples, ToDoubleFunction<int[]> measure, Key key) {
    if (samples < 1) {
      throw new MerapiException("bootstrap: there are no samples to draw from");
    }
    var factory = RandomGeneratorFactory.of("L64X128MixRandom");
    double[] values =
        IntStream.range(0, resamples)
            .parallel()
            .mapToDouble(
                r -> {
                  var random = factory.create(key.fold(r).value());
                  return measure.applyAsDouble(random.ints(samples, 0, samples).toArray());
                })
            .sorted()
            .toArray();
    return new Interval(quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2));
  }

  /** With straight lines between the values in order, as numpy has it. */
  private static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
