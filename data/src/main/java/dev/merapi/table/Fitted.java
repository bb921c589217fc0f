package dev.merapi.table;

import dev.merapi.data.DataException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A step of a preparation with the numbers and words that it has learned from the training part.
 * Columns that a table lacks, as the target when it is to be predicted, are passed over.
 */
public sealed interface Fitted {
  /** The prepared rows. */
  Table apply(Table table, Use use);

  /** Turns a number of a column behind this step into the one before it. */
  default double invert(String column, double value) {
    return value;
  }

  /** What takes the place of the missing cells of a column. */
  record Fill(String column, String value) {}

  /** Puts values into missing cells. */
  record FillMissing(List<Fill> fills) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      return each(table, fills, Fill::column, FillMissing::fill);
    }

    private static Table fill(Table table, Fill fill) {
      int column = table.schema().index(fill.column());
      var values =
          switch (table.cells(column)) {
            case Cells.Numbers(var numbers) -> {
              double value = Double.parseDouble(fill.value());
              yield new Cells.Numbers(
                  Arrays.stream(numbers).map(x -> Double.isNaN(x) ? value : x).toArray());
            }
            case Cells.Words(var words) ->
                new Cells.Words(
                    Arrays.stream(words)
                        .map(word -> word.isEmpty() ? fill.value() : word)
                        .toArray(String[]::new));
          };
      return table.with(table.schema().fields().get(column), values);
    }
  }

  /** Leaves out rows with a missing cell; one that is to be predicted is an error. */
  record DropMissing(List<String> columns) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      var looked = columns.stream().filter(table.schema()::has).toList();
      if (use == Use.PREDICT) {
        looked.forEach(column -> Prepared.requirePresent(table, column));
        return table;
      }
      return keep(table, row -> looked.stream().noneMatch(column -> table.isMissing(row, column)));
    }
  }

  /** The usual numbers of a column, both ends included. */
  record Bounds(String column, double low, double high) {
    boolean hold(double value) {
      return Double.isNaN(value) || (value >= low && value <= high);
    }
  }

  /** Moves unusual numbers to the nearest usual one. */
  record ClipOutliers(List<Bounds> bounds) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      var clipped = table;
      for (var each : bounds) {
        clipped = mapped(clipped, each.column(), x -> Math.clamp(x, each.low(), each.high()));
      }
      return clipped;
    }
  }

  /** Leaves training rows with unusual numbers out, and no other rows. */
  record DropOutliers(List<Bounds> bounds) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      if (use != Use.TRAIN) {
        return table;
      }
      return keep(
          table,
          row -> bounds.stream().allMatch(each -> each.hold(table.view(each.column())[row])));
    }
  }

  /** Rows that repeat an earlier one; they are taken out before the table is split. */
  record DropDuplicates() implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      return use == Use.TRAIN ? Rows.distinct(table) : table;
    }
  }

  /** {@code (x - shift) / scale} for a column. */
  record Affine(String column, double shift, double scale) {}

  /** Standardised or min-max scaled columns. */
  record Scale(List<Affine> columns) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      var scaled = table;
      for (var each : columns) {
        scaled = mapped(scaled, each.column(), x -> (x - each.shift()) / each.scale());
      }
      return scaled;
    }

    @Override
    public double invert(String column, double value) {
      for (var each : columns) {
        if (each.column().equals(column)) {
          return value * each.scale() + each.shift();
        }
      }
      return value;
    }
  }

  /** {@code ln(x + offset)} of some columns. */
  record Log(List<String> columns, double offset) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      var logs = table;
      for (var column : columns) {
        if (table.schema().has(column)) {
          double[] x = table.view(column);
          for (int row = 0; row < x.length; row++) {
            if (x[row] + offset <= 0) {
              throw new DataException(
                  "%s: column `%s` is %s, and %s + %s has no logarithm; give the step an `offset` that makes it positive"
                      .formatted(table.place(row), column, x[row], x[row], offset));
            }
          }
          logs = mapped(logs, column, value -> Math.log(value + offset));
        }
      }
      return logs;
    }

    @Override
    public double invert(String column, double value) {
      return columns.contains(column) ? Math.exp(value) - offset : value;
    }
  }

  /** The words of a column, in the order of their numbers. */
  record Vocabulary(String column, List<String> words) {
    public Vocabulary {
      words = List.copyOf(words);
    }

    Map<String, Integer> numbers() {
      Map<String, Integer> numbers = new HashMap<>();
      for (int i = 0; i < words.size(); i++) {
        numbers.put(words.get(i), i);
      }
      return numbers;
    }
  }

  /**
   * A column for each word of a category, {@code colour=red}: 1 where it is that word, else 0. A
   * word that the training part does not have, or none, is 0 in all of them.
   */
  record OneHot(List<Vocabulary> columns) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      return each(table, columns, Vocabulary::column, OneHot::encode);
    }

    private static Table encode(Table table, Vocabulary vocabulary) {
      var numbers = vocabulary.numbers();
      double[][] columns = new double[vocabulary.words().size()][table.size()];
      var cells = table.cells(vocabulary.column());
      for (int row = 0; row < table.size(); row++) {
        Integer number = numbers.get(cells.text(row));
        if (number != null) {
          columns[number][row] = 1;
        }
      }
      return table.replacing(
          vocabulary.column(),
          vocabulary.words().stream().map(word -> Field.numeric(name(vocabulary, word))).toList(),
          Arrays.stream(columns).<Cells>map(Cells.Numbers::new).toList());
    }

    private static String name(Vocabulary vocabulary, String word) {
      return vocabulary.column() + "=" + word;
    }

    /**
     * The categories that {@link #apply} has made these columns of: the greatest of them counts.
     */
    public Table inverse(Table encoded) {
      var decoded = encoded;
      for (var each : columns) {
        decoded = decode(decoded, each);
      }
      return decoded;
    }

    private static Table decode(Table table, Vocabulary vocabulary) {
      var names = vocabulary.words().stream().map(word -> name(vocabulary, word)).toList();
      double[][] columns = names.stream().map(table::view).toArray(double[][]::new);
      String[] words = new String[table.size()];
      for (int row = 0; row < words.length; row++) {
        words[row] = "";
        double most = 0;
        for (int c = 0; c < columns.length; c++) {
          if (columns[c][row] > most) {
            most = columns[c][row];
            words[row] = vocabulary.words().get(c);
          }
        }
      }
      var rest = table.without(java.util.Set.copyOf(names.subList(1, names.size())));
      return rest.replacing(
          names.getFirst(),
          List.of(Field.category(vocabulary.column())),
          List.of(new Cells.Words(words)));
    }
  }

  /** The number of each word, from 1; 0 for words that the training part does not have. */
  record LabelEncode(List<Vocabulary> columns) implements Fitted {
    @Override
    public Table apply(Table table, Use use) {
      return each(table, columns, Vocabulary::column, LabelEncode::encode);
    }

    private static Table encode(Table table, Vocabulary vocabulary) {
      var numbers = vocabulary.numbers();
      var cells = table.cells(vocabulary.column());
      double[] values =
          IntStream.range(0, table.size())
              .mapToDouble(row -> 1 + numbers.getOrDefault(cells.text(row), -1))
              .toArray();
      return table.with(Field.numeric(vocabulary.column()), new Cells.Numbers(values));
    }
  }

  /** The table after {@code change} for each of what was learned of a column that it has. */
  private static <T> Table each(
      Table table,
      List<T> learned,
      Function<T, String> column,
      BiFunction<Table, T, Table> change) {
    var changed = table;
    for (var one : learned) {
      if (table.schema().has(column.apply(one))) {
        changed = change.apply(changed, one);
      }
    }
    return changed;
  }

  private static Table mapped(Table table, String column, DoubleUnaryOperator function) {
    return table.schema().has(column)
        ? table.with(
            Field.numeric(column),
            new Cells.Numbers(Arrays.stream(table.view(column)).map(function).toArray()))
        : table;
  }

  private static Table keep(Table table, IntPredicate wanted) {
    return table.select(IntStream.range(0, table.size()).filter(wanted).toArray());
  }
}
