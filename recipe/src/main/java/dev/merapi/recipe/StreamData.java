package dev.merapi.recipe;

import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.evaluation.Regressed;
import dev.merapi.table.BadRows;
import dev.merapi.table.Prepared;
import dev.merapi.table.RowPart;
import dev.merapi.table.Split.Shares;
import dev.merapi.table.TableSource;
import dev.merapi.table.TableStream;
import dev.merapi.table.Use;
import dev.merapi.tensor.Key;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A table of a recipe that is read anew in each epoch, and never in memory as a whole. Its
 * preparation is learned from a sample of the training rows; see {@link RowPart#sample}.
 */
record StreamData(
    TableSource table,
    RowPart.Three parts,
    int buffer,
    Prepared prepared,
    String source,
    BadRows bad)
    implements LoadedTable {
  private static final int SAMPLE = 100_000;

  static StreamData load(
      DataSettings.Table data,
      List<PreparationSettings> preparation,
      Optional<Path> place,
      Key key,
      Progress download,
      Optional<Saved> saved) {
    if (preparation.contains(new PreparationSettings.Duplicates())) {
      throw new RecipeException(
          "a stream cannot tell duplicates, which are far apart; remove them before, or leave"
              + " `data.stream` out");
    }
    var source = data.open(place, download);
    var bad = BadRows.of(data.onBadRow());
    var fingerprint = source.fingerprint();
    boolean isOther = saved.isPresent() && !saved.get().source().equals(fingerprint);
    if (saved.isPresent()) {
      readThrough(source, bad); // where it is learned from, it is read through for that
    }
    RowPart none = _ -> new int[0];
    var parts = isOther ? new RowPart.Three(none, none, RowPart.all()) : parts(data.split(), key);
    var prepared =
        saved
            .map(Saved::prepared)
            .orElseGet(
                () ->
                    Prepared.fit(
                        RowPart.sample(
                            source, parts.train(), data.columns(source.schema()), SAMPLE, key, bad),
                        data.target(),
                        PreparationSettings.window(preparation),
                        PreparationSettings.steps(preparation)));
    return new StreamData(source, parts, data.buffer(), prepared, fingerprint, bad);
  }

  /** Finds the rows that cannot be read. */
  private static void readThrough(TableSource source, BadRows bad) {
    try (var reader = source.open(bad)) {
      while (reader.next().size() > 0) {}
    }
  }

  private static RowPart.Three parts(SplitSettings split, Key key) {
    return switch (split) {
      case SplitSettings.Random random ->
          RowPart.random(new Shares(random.validation(), random.test()), Optional.empty(), key);
      case SplitSettings.Group group ->
          RowPart.random(
              new Shares(group.validation(), group.test()), Optional.of(group.column()), key);
      case SplitSettings.Stratified _, SplitSettings.Time _ ->
          throw new RecipeException(
              "a stream is split by rows or by groups, for it does not see the whole table; set"
                  + " `data.split` to {kind: random} or {kind: group, column: …}");
    };
  }

  @Override
  public Splits splits() {
    var notes = bad.count() == 0 ? List.<String>of() : List.of(bad.summary(table.name()));
    return new Splits(
        TableStream.of(table, prepared, parts.train(), Use.TRAIN, buffer),
        TableStream.of(table, prepared, parts.validation(), Use.MEASURE, 1),
        TableStream.of(table, prepared, parts.test(), Use.MEASURE, 1),
        notes);
  }

  /** Streams hold no series. */
  @Override
  public Optional<Regressed> naive() {
    return Optional.empty();
  }
}
