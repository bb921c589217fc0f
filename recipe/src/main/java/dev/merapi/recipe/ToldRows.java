package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Sha256;
import dev.merapi.data.Splits;
import dev.merapi.recipe.LanguageSettings.Told;
import dev.merapi.table.BadRows;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows of a file, or made up, from which a language model learns, and which are for what.
 *
 * @param what they are, such as {@code conversations}
 * @param source SHA-256 of the file
 */
record ToldRows<R>(
    String what,
    List<R> rows,
    Split split,
    Optional<Path> file,
    String source,
    BadRows bad,
    Optional<LoadedText.Saved> saved) {
  /**
   * Reads and splits them.
   *
   * @param place where the user says that they are
   * @param saved what a run keeps of those that it learned from: others are all for testing
   * @param reading of a file
   * @param making of as many as the settings say
   */
  static <R> ToldRows<R> of(
      String what,
      Told settings,
      Optional<Path> place,
      Key key,
      Optional<LoadedText.Saved> saved,
      BiFunction<Path, BadRows, List<R>> reading,
      Function<Key, List<R>> making) {
    var file =
        place.isPresent() || settings.source().isPresent()
            ? Optional.of(Sources.find(place, settings.source(), what))
            : Optional.<Path>empty();
    var bad = BadRows.of(settings.onBadRow());
    var rows =
        file.map(path -> reading.apply(path, bad)).orElseGet(() -> making.apply(key.fold(1)));
    var source = file.map(Sha256::of).orElse("small talk");
    boolean others = saved.isPresent() && !saved.get().source().equals(source);
    var split =
        others
            ? new Split(new int[0], new int[0], IntStream.range(0, rows.size()).toArray())
            : Split.random(
                rows.size(), new Shares(settings.validation(), settings.test()), key.fold(0));
    return new ToldRows<>(what, rows, split, file, source, bad, saved);
  }

  /** Those to learn from. */
  Stream<R> training() {
    return chosen(split.train()).stream();
  }

  private List<R> chosen(int... numbers) {
    return IntStream.of(numbers).mapToObj(rows::get).toList();
  }

  /**
   * Their tokens.
   *
   * @param cutting of some rows
   * @param context tokens of a row, at most
   * @throws DataException if there is nothing to test or to learn from
   */
  Splits cut(Function<List<R>, Dataset> cutting, int context) {
    var splits =
        new Splits(
            cutting.apply(chosen(split.train())),
            cutting.apply(chosen(split.validation())),
            cutting.apply(chosen(split.test())),
            List.of());
    boolean tests = splits.test().size() > 0;
    if (!tests || (saved.isEmpty() && splits.train().size() == 0)) {
      throw new DataException(
          "%s: %d %s leave nothing to %s within a context of %d tokens; give more, other shares in data.validation and data.test, or a greater data.context"
              .formatted(
                  file.map(Path::toString).orElse(what),
                  rows.size(),
                  what,
                  tests ? "learn from" : "test",
                  context));
    }
    return splits;
  }

  /**
   * What is loaded.
   *
   * @param notes on rows that are not read as a whole
   */
  LoadedText loaded(Splits splits, List<String> notes, TunedModel tuned, int context) {
    List<String> all = new ArrayList<>();
    if (bad.count() > 0) {
      all.add(bad.summary(file.map(Path::toString).orElse("")));
    }
    all.addAll(notes);
    for (var note : all) {
      splits = splits.noting(note);
    }
    int vocabulary = tuned.language().vocabulary();
    var signature =
        new Signature(
            List.of(context),
            vocabulary,
            List.of(),
            List.of(vocabulary),
            Optional.of(tuned.padding()));
    return new LoadedText(splits, tuned.tokenizer(), source, signature, Optional.of(tuned));
  }
}
