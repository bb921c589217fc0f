package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A part of a table that is read in parts: each row tells by itself whether it belongs to it. What
 * {@link Split} is for a table in memory.
 */
@FunctionalInterface
public interface RowPart {
  /** The stream of random numbers below the key that draws a sample. */
  int SAMPLING = 1;

  /** The places of its rows in some rows of the table. */
  int[] of(Table rows);

  /** Every row. */
  static RowPart all() {
    return rows -> IntStream.range(0, rows.size()).toArray();
  }

  /** The three parts of a table. */
  record Three(RowPart train, RowPart validation, RowPart test) {}

  /**
   * Rows drawn by the key.
   *
   * @param group a column whose equal cells are in the same part; empty to draw every row alone
   */
  static Three random(Shares shares, Optional<String> group, Key key) {
    double tested = shares.test();
    double held = tested + shares.validation();
    return new Three(
        between(held, 1, group, key),
        between(tested, held, group, key),
        between(0, tested, group, key));
  }

  private static RowPart between(double from, double to, Optional<String> group, Key key) {
    return rows -> {
      var cells = group.map(rows::cells);
      return IntStream.range(0, rows.size())
          .filter(
              row -> {
                long name = cells.map(c -> (long) c.text(row).hashCode()).orElse(rows.line(row));
                double drawn = uniform(key, name);
                return drawn >= from && drawn < to;
              })
          .toArray();
    };
  }

  /** A number from 0 to 1 that the key and a name decide. */
  private static double uniform(Key key, long name) {
    return (key.fold(name).value() >>> 11) * 0x1p-53;
  }

  /**
   * Rows of a part to learn a preparation from: a number of them that the key draws, and the first
   * row with each word of a category.
   *
   * @param columns what is needed of them
   * @param most about how many rows there may be
   * @throws DataException if the part has no rows
   */
  static Table sample(
      TableSource source, RowPart part, List<String> columns, int most, Key key, BadRows bad) {
    var words =
        columns.stream().filter(c -> source.schema().type(c) == ColumnType.CATEGORY).toList();
    Map<String, Set<String>> seen = new HashMap<>();
    words.forEach(column -> seen.put(column, new HashSet<>()));
    Set<Long> firsts = new HashSet<>();
    var draw = key.fold(SAMPLING); // not the numbers that have divided the table
    List<Table> kept = new ArrayList<>();
    double share = 1; // rows that drew less are kept; halved when there are too many
    try (var reader = source.open(bad)) {
      for (var rows = reader.next(); rows.size() > 0; rows = reader.next()) {
        var own = rows.select(part.of(rows));
        for (var column : words) {
          var cells = own.cells(column);
          for (int row = 0; row < own.size(); row++) {
            if (seen.get(column).add(cells.text(row))) {
              firsts.add(own.line(row));
            }
          }
        }
        kept.add(drawn(own.only(columns), firsts, share, draw));
        while (share > 1e-9 && kept.stream().mapToInt(Table::size).sum() > most) {
          share /= 2;
          double half = share;
          kept.replaceAll(table -> drawn(table, firsts, half, draw));
        }
      }
    }
    var sample =
        Table.concat(
            source.name(), kept.isEmpty() ? source.schema() : kept.getFirst().schema(), kept);
    if (sample.size() == 0) {
      throw new DataException(source.name() + ": there are no rows to learn from; give some");
    }
    return sample;
  }

  private static Table drawn(Table rows, Set<Long> firsts, double share, Key key) {
    return rows.select(
        IntStream.range(0, rows.size())
            .filter(row -> firsts.contains(rows.line(row)) || uniform(key, rows.line(row)) < share)
            .toArray());
  }
}
