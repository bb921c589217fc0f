package dev.merapi.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is in a table, read in two passes and never in memory as a whole.
 *
 * @param rows rows that can be read
 * @param columns what is in each column
 */
public record TableSummary(long rows, List<Column> columns) {
  /** Bars of a histogram. */
  public static final int BARS = 20;

  private static final int MOST_WORDS = 10_000; // that are counted

  /** How often a word is there. */
  public record Count(String word, long count) {}

  /**
   * What is in a column.
   *
   * @param field its name and type
   * @param missing cells that hold nothing
   * @param distinct how many different cells there are; no more than 10,000 are told apart
   * @param min the least number; NaN for words, and where there are none
   * @param max the greatest number
   * @param mean of the numbers
   * @param deviation of the numbers
   * @param whole whether all numbers are whole
   * @param counts how often each word is there, the most frequent first
   * @param bars how many numbers are in each twentieth of the range; none for words
   */
  public record Column(
      Field field,
      long missing,
      int distinct,
      double min,
      double max,
      double mean,
      double deviation,
      boolean whole,
      List<Count> counts,
      List<Long> bars) {
    public Column {
      counts = List.copyOf(counts);
      bars = List.copyOf(bars);
    }

    /** The middle of a bar. */
    public double middle(int bar) {
      return min + (bar + 0.5) * (max - min) / BARS;
    }
  }

  /** Reads a table. */
  public static TableSummary of(TableSource source, BadRows bad) {
    var tallies = source.schema().fields().stream().map(Tally::new).toList();
    long rows = 0;
    try (var reader = source.open(bad)) {
      for (var part = reader.next(); part.size() > 0; part = reader.next()) {
        rows += part.size();
        for (int c = 0; c < tallies.size(); c++) {
          tallies.get(c).add(part.cells(c));
        }
      }
    }
    try (var reader = source.open(BadRows.skip())) {
      for (var part = reader.next(); part.size() > 0; part = reader.next()) {
        for (int c = 0; c < tallies.size(); c++) {
          tallies.get(c).addToBars(part.cells(c));
        }
      }
    }
    return new TableSummary(rows, tallies.stream().map(Tally::column).toList());
  }

  /** The column of that name. */
  public Column column(String name) {
    return columns.stream().filter(c -> c.field().name().equals(name)).findFirst().orElseThrow();
  }

  private static final class Tally {
    private final Field field;
    private final Map<String, Long> words = new HashMap<>();
    private final long[] bars = new long[BARS];
    private long missing;
    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double mean;
    private double squares; // Σ(x - mean)², as Welford (1962) keeps it
    private boolean whole = true;

    Tally(Field field) {
      this.field = field;
    }

    void add(Cells cells) {
      for (int row = 0; row < cells.size(); row++) {
        if (cells.isMissing(row)) {
          missing++;
        } else {
          add(cells, row);
        }
      }
    }

    private void add(Cells cells, int row) {
      if (cells instanceof Cells.Numbers(var values)) {
        double x = values[row];
        count++;
        min = Math.min(min, x);
        max = Math.max(max, x);
        double off = x - mean;
        mean += off / count;
        squares += off * (x - mean);
        whole &= x == Math.rint(x);
      }
      var word = cells.text(row);
      if (words.size() < MOST_WORDS || words.containsKey(word)) {
        words.merge(word, 1L, Long::sum);
      }
    }

    void addToBars(Cells cells) {
      if (cells instanceof Cells.Numbers(var values)) {
        for (double x : values) {
          if (!Double.isNaN(x)) {
            bars[max > min ? Math.min(BARS - 1, (int) ((x - min) / (max - min) * BARS)) : 0]++;
          }
        }
      }
    }

    Column column() {
      boolean isNumber = field.type().isNumber();
      List<Count> counts = new ArrayList<>();
      if (!isNumber) {
        words.forEach((word, times) -> counts.add(new Count(word, times)));
        counts.sort(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::word));
      }
      return new Column(
          field,
          missing,
          words.size(),
          count > 0 ? min : Double.NaN,
          count > 0 ? max : Double.NaN,
          count > 0 ? mean : Double.NaN,
          count > 0 ? Math.sqrt(squares / count) : Double.NaN,
          isNumber && whole,
          counts,
          isNumber ? IntStream.range(0, BARS).mapToObj(bar -> bars[bar]).toList() : List.of());
    }
  }
}
