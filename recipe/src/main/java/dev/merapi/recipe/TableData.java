package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.evaluation.Regressed;
import dev.merapi.table.BadRows;
import dev.merapi.table.Fitted;
import dev.merapi.table.Prepared;
import dev.merapi.table.Split;
import dev.merapi.table.Table;
import dev.merapi.table.Use;
import dev.merapi.tensor.Key;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A table of a recipe, read, split and prepared.
 *
 * @param table all its rows, in the order of the split
 * @param split which of them learn
 * @param prepared what was learned from those
 * @param source SHA-256 of where the table comes from
 * @param bad the rows that could not be read
 */
record TableData(Table table, Split split, Prepared prepared, String source, BadRows bad)
    implements LoadedTable {
  /**
   * Reads, splits and prepares a table.
   *
   * @param place a file or folder that takes the place of the recipe's
   * @param saved the preparation of a run: nothing is learned anew, and a table that is not the one
   *     that it was trained on is for testing as a whole
   */
  static TableData load(
      DataSettings.Table data,
      List<PreparationSettings> preparation,
      Optional<Path> place,
      Key key,
      Progress download,
      Optional<Saved> saved) {
    var read = Read.of(data, preparation, place, download);
    var table = read.table();
    boolean isOther = saved.isPresent() && !saved.get().source().equals(read.source());
    var split =
        isOther
            ? new Split(new int[0], new int[0], IntStream.range(0, table.size()).toArray())
            : data.split().split(table, data.target(), key);
    return saved
        .map(each -> new TableData(table, split, each.prepared(), read.source(), read.bad()))
        .orElseGet(() -> read.prepared(split, data, preparation));
  }

  /** Reads a table, and splits and prepares it in {@code count} ways; see {@link SplitSettings}. */
  static List<TableData> folds(
      DataSettings.Table data,
      List<PreparationSettings> preparation,
      Optional<Path> place,
      Key key,
      Progress download,
      int count) {
    if (data.stream()) {
      throw new RecipeException(
          "a stream has no folds, for it does not see the whole table; set `data.stream` to false");
    }
    var read = Read.of(data, preparation, place, download);
    return data.split().folds(read.table(), data.target(), count, key).stream()
        .map(split -> read.prepared(split, data, preparation))
        .toList();
  }

  /** A table as it was read, without the rows that repeat others where they are not wanted. */
  private record Read(Table table, String source, BadRows bad) {
    static Read of(
        DataSettings.Table data,
        List<PreparationSettings> preparation,
        Optional<Path> place,
        Progress download) {
      var source = data.open(place, download);
      var bad = BadRows.of(data.onBadRow());
      data.types().keySet().forEach(source.schema()::index); // a type of a column that is not there
      var whole = source.read(bad);
      boolean windows = !PreparationSettings.window(preparation).isNone();
      if (windows && bad.count() > 0) {
        throw new RecipeException(
            "%s; windows join rows that follow one another, so mend these rows"
                .formatted(bad.summary(source.name())));
      }
      if (windows && preparation.contains(new PreparationSettings.Duplicates())) {
        throw new RecipeException(
            "windows join rows that follow one another; leave the step `duplicates` out, for it"
                + " takes rows away between them");
      }
      if (preparation.contains(new PreparationSettings.Duplicates())) {
        whole = new Fitted.DropDuplicates().apply(whole, Use.TRAIN);
      }
      if (whole.size() == 0) {
        throw new DataException(source.name() + ": there are no rows in it; give some");
      }
      return new Read(data.split().ordered(whole), source.fingerprint(), bad);
    }

    TableData prepared(
        Split split, DataSettings.Table data, List<PreparationSettings> preparation) {
      return new TableData(table, split, fit(table, split, data, preparation), source, bad);
    }
  }

  /** Learns the preparation from the training rows of a split, as {@link #load} does. */
  static Prepared fit(
      Table table, Split split, DataSettings.Table data, List<PreparationSettings> preparation) {
    return Prepared.fit(
        table.only(data.columns(table.schema())).select(split.train()),
        data.target(),
        PreparationSettings.window(preparation),
        PreparationSettings.steps(preparation));
  }

  @Override
  public Splits splits() {
    return new Splits(
        part(split.train(), Use.TRAIN),
        part(split.validation(), Use.MEASURE),
        part(split.test(), Use.MEASURE),
        notes());
  }

  /** The examples of some rows; with windows, those whose targets are in these rows. */
  private Dataset part(int[] rows, Use use) {
    if (prepared.window().isNone()) {
      return prepared.dataset(table.select(rows), use);
    }
    var whole = prepared.apply(table, Use.MEASURE);
    if (whole.size() < table.size()) {
      throw new RecipeException(
          "%s: windows join rows that follow one another, but the preparation leaves %d of %d rows out; fill them instead: {kind: missing, with: mean}"
              .formatted(table.source(), table.size() - whole.size(), table.size()));
    }
    return prepared.examples(whole, prepared.window().complete(rows));
  }

  /**
   * Of a series: how good it would be to say for each test row what was there a whole window before
   * it, which is the seasonal-naive forecast where a window is a season.
   */
  @Override
  public Optional<Regressed> naive() {
    var window = prepared.window();
    int back = window.length() + window.horizon() - 1;
    if (window.isNone() || prepared.classifies()) {
      return Optional.empty();
    }
    double[] values = table.numbers(prepared.target());
    int[] rows = window.complete(split.test());
    return Optional.of(
        Regressed.of(
            Arrays.stream(rows).mapToDouble(row -> values[row]).toArray(),
            Arrays.stream(rows).mapToDouble(row -> values[row - back]).toArray()));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (bad.count() > 0) {
      notes.add(bad.summary(table.source()));
    }
    if (split.train().length == 0) {
      notes.add("this is not the table that the run was trained on: all its rows are test rows");
    } else if (prepared.window().isNone()) {
      notes.addAll(split.leaks(table, features()));
    }
    return notes;
  }

  private List<String> features() {
    return prepared.input().names().stream()
        .filter(name -> !name.equals(prepared.target()))
        .toList();
  }
}
