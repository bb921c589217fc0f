package dev.merapi.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds rows that are equal in some columns. */
final class Rows {
  private final List<Cells> columns;
  private final Map<Long, int[]> found = new HashMap<>();

  private Rows(Table table, List<String> columns) {
    this.columns = columns.stream().map(table::cells).toList();
  }

  /** The rows without those that repeat an earlier one in all columns. */
  static Table distinct(Table table) {
    var seen = new Rows(table, table.schema().names());
    return table.select(
        IntStream.range(0, table.size()).filter(row -> seen.add(row).isEmpty()).toArray());
  }

  /**
   * The number of {@code others} that are equal to one of {@code rows}, and the first such pair.
   */
  static Shared shared(Table table, List<String> columns, int[] rows, int[] others) {
    var known = new Rows(table, columns);
    for (int row : rows) {
      known.add(row);
    }
    int count = 0;
    Optional<String> example = Optional.empty();
    for (int row : others) {
      var twin = known.find(row);
      if (twin.isPresent()) {
        count++;
        example =
            example.or(
                () ->
                    Optional.of(
                        "line %d repeats line %d"
                            .formatted(table.line(row), table.line(twin.get()))));
      }
    }
    return new Shared(count, example.orElse(""));
  }

  /** How many rows are shared, and the first pair of them for people. */
  record Shared(int count, String example) {}

  /** Remembers a row; the equal one, if one is known. */
  private Optional<Integer> add(int row) {
    var twin = find(row);
    if (twin.isEmpty()) {
      found.merge(
          hash(row),
          new int[] {row},
          (known, more) -> IntStream.concat(IntStream.of(known), IntStream.of(more)).toArray());
    }
    return twin;
  }

  private Optional<Integer> find(int row) {
    for (int known : found.getOrDefault(hash(row), new int[0])) {
      if (columns.stream().allMatch(column -> column.text(known).equals(column.text(row)))) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  private long hash(int row) {
    long hash = 1;
    for (var column : columns) {
      long bits =
          switch (column) {
            case Cells.Numbers(var values) -> Double.doubleToLongBits(values[row]);
            case Cells.Words(var values) -> values[row].hashCode();
          };
      hash = (hash ^ bits) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
