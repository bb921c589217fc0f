package dev.merapi.recipe;

import java.util.List;

/**
 * A number that was measured several times.
 *
 * @param mean of the measurements
 * @param deviation their standard deviation, {@code √(Σ (x - mean)² / (n - 1))}; 0 of a single one
 */
public record Spread(double mean, double deviation) {
  /**
   * The spread of some numbers.
   *
   * @param values at least one
   */
  static Spread of(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new Spread(mean, n == 1 ? 0 : Math.sqrt(squares / (n - 1)));
  }
}
