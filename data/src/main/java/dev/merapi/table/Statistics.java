package dev.merapi.table;

import dev.merapi.data.DataException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What is known of the numbers of a column, without its missing cells. */
public final class Statistics {
  /** Numbers by their size, and other words behind them. */
  static final Comparator<String> ORDER =
      Comparator.<String>comparingDouble(Statistics::size).thenComparing(Comparator.naturalOrder());

  private final double[] sorted;
  private final double mean;
  private final double deviation;

  private Statistics(double[] sorted) {
    this.sorted = sorted;
    this.mean = Arrays.stream(sorted).sum() / sorted.length;
    double squares = Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).sum();
    this.deviation = Math.sqrt(squares / sorted.length);
  }

  private static double size(String word) {
    double number = Numbers.parse(word.toCharArray(), 0, word.length());
    return Double.isNaN(number) ? Double.POSITIVE_INFINITY : number;
  }

  /**
   * Of a column of a table.
   *
   * @throws DataException if it holds words, or nothing at all
   */
  public static Statistics of(Table table, String column) {
    double[] present =
        Arrays.stream(table.view(column)).filter(x -> !Double.isNaN(x)).sorted().toArray();
    if (present.length == 0) {
      throw empty(column);
    }
    return new Statistics(present);
  }

  static DataException empty(String column) {
    return new DataException(
        "column `%s` has no values to learn from; leave it out with `exclude`".formatted(column));
  }

  /** The words of a column without the empty one: numbers by size, then words by letters. */
  static List<String> vocabulary(Table table, String column) {
    var words =
        table.words(column).stream().filter(w -> !w.isEmpty()).distinct().sorted(ORDER).toList();
    if (words.isEmpty()) {
      throw empty(column);
    }
    return words;
  }

  /** How many numbers there are. */
  public int count() {
    return sorted.length;
  }

  /** The least number. */
  public double min() {
    return sorted[0];
  }

  /** The greatest number. */
  public double max() {
    return sorted[sorted.length - 1];
  }

  /** The mean. */
  public double mean() {
    return mean;
  }

  /** The standard deviation {@code √(Σ(x - mean)² / n)}. */
  public double deviation() {
    return deviation;
  }

  /** The number below which a share of the numbers lies, between neighbours linearly. */
  public double quantile(double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
