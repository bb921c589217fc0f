package dev.merapi.recipe;

import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.table.Table;
import dev.merapi.tensor.Key;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** How a table is divided into rows to learn from, to compare epochs by, and to report on. */
public sealed interface SplitSettings {

  /** The rows of the parts. */
  Split split(Table table, String target, Key key);

  /**
   * Folds of the same kind, for cross-validation: each row is tested in one of them, and a share of
   * the others compares epochs.
   */
  List<Split> folds(Table table, String target, int count, Key key);

  /** The table in the order in which it is divided. */
  default Table ordered(Table table) {
    return table;
  }

  /** Rows drawn by the seed. */
  record Random(
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0, to = 0.9) double test)
      implements SplitSettings {
    @Override
    public Split split(Table table, String target, Key key) {
      return Split.random(table.size(), new Shares(validation, test), key);
    }

    @Override
    public List<Split> folds(Table table, String target, int count, Key key) {
      return holdingOut(Split.folds(table.size(), count, key), validation, key);
    }
  }

  /**
   * Rows drawn by the seed from each class.
   *
   * @param column of the classes; the target, if it is null
   */
  record Stratified(
      @Default("null") Optional<String> column,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0, to = 0.9) double test)
      implements SplitSettings {
    @Override
    public Split split(Table table, String target, Key key) {
      return Split.stratified(
          table.words(column.orElse(target)), new Shares(validation, test), key);
    }

    @Override
    public List<Split> folds(Table table, String target, int count, Key key) {
      return holdingOut(
          Split.stratifiedFolds(table.words(column.orElse(target)), count, key), validation, key);
    }
  }

  /**
   * Whole groups drawn by the seed, such as all rows of a person.
   *
   * @param column that tells the groups apart
   */
  record Group(
      String column,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0, to = 0.9) double test)
      implements SplitSettings {
    @Override
    public Split split(Table table, String target, Key key) {
      return Split.grouped(table.words(column), new Shares(validation, test), key);
    }

    @Override
    public List<Split> folds(Table table, String target, int count, Key key) {
      var groups = table.words(column);
      return Split.groupedFolds(groups, count, key).stream()
          .map(fold -> fold.holdOutGroups(groups, validation, key))
          .toList();
    }
  }

  /**
   * What is early learns, what is late is reported on.
   *
   * @param column of times or numbers that orders the rows; their own order, if it is null
   */
  record Time(
      @Default("null") Optional<String> column,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0, to = 0.9) double test)
      implements SplitSettings {
    @Override
    public Split split(Table table, String target, Key key) {
      return Split.ordered(table.size(), new Shares(validation, test));
    }

    @Override
    public List<Split> folds(Table table, String target, int count, Key key) {
      return Split.forwardFolds(table.size(), count).stream()
          .map(fold -> fold.holdOutLast(validation))
          .toList();
    }

    @Override
    public Table ordered(Table table) {
      if (column.isEmpty()) {
        return table;
      }
      double[] times = table.numbers(column.get());
      return table.select(
          IntStream.range(0, times.length)
              .boxed()
              .sorted(Comparator.comparingDouble(row -> times[row]))
              .mapToInt(Integer::intValue)
              .toArray());
    }
  }

  private static List<Split> holdingOut(List<Split> folds, double validation, Key key) {
    return folds.stream().map(fold -> fold.holdOut(validation, key)).toList();
  }
}
