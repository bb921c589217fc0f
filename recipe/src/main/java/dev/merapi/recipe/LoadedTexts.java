package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.table.BadRows;
import dev.merapi.table.ColumnType;
import dev.merapi.table.NamedTable;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.table.TableSource;
import dev.merapi.tensor.Key;
import dev.merapi.text.LabelledTexts;
import dev.merapi.text.MaskedTexts;
import dev.merapi.text.MaskedTexts.Masking;
import dev.merapi.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts in a column of a table, read, split, and cut into tokens. */
final class LoadedTexts {
  private LoadedTexts() {}

  /** Reads, splits and cuts them; see {@link LoadedText#load}. */
  static LoadedText load(
      LanguageSettings.TextColumn settings,
      Optional<Path> place,
      Key key,
      Progress download,
      Optional<LoadedText.Saved> saved,
      Optional<Tokenizer> base) {
    var file = locate(settings, place, download);
    var known = saved.map(LoadedText.Saved::classes).filter(classes -> !classes.isEmpty());
    var rows = Rows.read(file, settings, known);
    var split = split(settings, rows, key);
    var all = rows;
    if (settings instanceof LanguageSettings.Texts texts
        && texts.testSource().isPresent()
        && place.filter(each -> !Files.isDirectory(each)).isEmpty()) {
      var test = Rows.read(beside(file, texts.testSource().get()), texts.ofTest(), known);
      all = rows.with(test);
      int first = rows.size();
      split =
          new Split(
              split.train(), split.validation(), IntStream.range(first, all.size()).toArray());
    }
    if (saved.isPresent() && !saved.get().source().equals(rows.fingerprint)) {
      split = new Split(new int[0], new int[0], IntStream.range(0, all.size()).toArray());
    }
    var training = Arrays.stream(split.train()).mapToObj(all.texts::get).toList();
    var tokenizer =
        saved
            .map(LoadedText.Saved::tokenizer)
            .or(() -> base)
            .orElseGet(() -> settings.tokenizer().make(training::stream));
    return cut(settings, all, split, tokenizer, known);
  }

  private static Path locate(
      LanguageSettings.TextColumn settings, Optional<Path> place, Progress download) {
    boolean isFile = place.filter(each -> !Files.isDirectory(each)).isPresent();
    if (settings.source().isEmpty() && !isFile) {
      throw new RecipeException(
          "the recipe does not say where its texts are; give --data FILE, or data.source");
    }
    return NamedTable.locate(settings.source().orElse(""), place, download);
  }

  private static Path beside(Path file, String name) {
    var plain = file.resolveSibling(name);
    return Files.exists(plain) ? plain : file.resolveSibling(name + ".gz");
  }

  private static Split split(LanguageSettings.TextColumn settings, Rows rows, Key key) {
    return switch (settings) {
      case LanguageSettings.Texts texts ->
          Split.stratified(
              rows.labels,
              new Shares(texts.validation(), texts.testSource().isPresent() ? 0 : texts.test()),
              key);
      case LanguageSettings.MaskedTexts texts ->
          Split.random(rows.size(), new Shares(texts.validation(), texts.test()), key);
    };
  }

  private static LoadedText cut(
      LanguageSettings.TextColumn settings,
      Rows rows,
      Split split,
      Tokenizer tokenizer,
      Optional<List<String>> known) {
    int padding = special(tokenizer, "[PAD]", "<pad>").orElse(tokenizer.size());
    int vocabulary = Math.max(tokenizer.size(), padding + 1);
    var classes =
        settings instanceof LanguageSettings.Texts
            ? known.orElseGet(() -> List.copyOf(new TreeSet<>(rows.labels)))
            : List.of("text");
    int[][] tokens =
        rows.texts.stream()
            .map(text -> tokens(tokenizer, text, settings.length()))
            .toArray(int[][]::new);
    int[] labels = rows.labels.stream().mapToInt(classes::indexOf).toArray();
    var texts =
        LabelledTexts.of(
            tokens,
            labels.length == 0 ? new int[tokens.length] : labels,
            classes,
            settings.length(),
            padding);
    Dataset whole =
        switch (settings) {
          case LanguageSettings.Texts _ -> texts;
          case LanguageSettings.MaskedTexts masked ->
              MaskedTexts.of(
                  texts, new Masking(tokenizer, mask(tokenizer), padding, masked.share()));
        };
    return new LoadedText(
        new Splits(
            whole.select(split.train()),
            whole.select(split.validation()),
            whole.select(split.test()),
            rows.notes),
        tokenizer,
        rows.fingerprint,
        new Signature(
            List.of(settings.length()),
            whole.classes().isEmpty() ? vocabulary : classes.size(),
            whole.classes(),
            List.of(vocabulary),
            Optional.of(padding)));
  }

  /** The tokens of a text, with the special ones around it; of a longer one its begin. */
  static int[] tokens(Tokenizer tokenizer, String text, int length) {
    int[] ids = tokenizer.encoding(text, true).ids();
    if (ids.length <= length) {
      return ids;
    }
    int[] begin = Arrays.copyOf(ids, length);
    int last = ids[ids.length - 1];
    if (tokenizer.isSpecial(last)) {
      begin[length - 1] = last;
    }
    return begin;
  }

  static int mask(Tokenizer tokenizer) {
    return special(tokenizer, "[MASK]", "<mask>")
        .orElseThrow(
            () ->
                new RecipeException(
                    "`data.tokenizer`: this tokenizer has no token that hides others; use {kind:"
                        + " wordpiece}, or one with [MASK]"));
  }

  static Optional<Integer> special(Tokenizer tokenizer, String... names) {
    return Arrays.stream(names).flatMap(name -> tokenizer.id(name).stream().boxed()).findFirst();
  }

  /** A table, with the types that its columns must have. */
  static TableSource source(Path file, LanguageSettings.TextColumn settings) {
    var plain = ReadOptions.DEFAULT;
    // "null" is a text like any other.
    var options =
        new ReadOptions(
                plain.types(), plain.header(), plain.delimiter(), plain.encoding(), List.of())
            .type(settings.text(), ColumnType.TEXT);
    return TableSource.of(
        file,
        settings instanceof LanguageSettings.Texts texts
            ? options.type(texts.label(), ColumnType.CATEGORY)
            : options);
  }

  /**
   * Texts as they are read.
   *
   * @param labels of each; none of texts without
   * @param notes on rows that were left out
   */
  private record Rows(
      List<String> texts, List<String> labels, String fingerprint, List<String> notes) {
    /**
     * Reads them.
     *
     * @param known the classes that there may be; any, if they are not known
     */
    static Rows read(
        Path file, LanguageSettings.TextColumn settings, Optional<List<String>> known) {
      var source = LoadedTexts.source(file, settings);
      var bad = BadRows.of(settings.onBadRow());
      var table = source.read(bad);
      var columns =
          settings instanceof LanguageSettings.Texts labelled
              ? List.of(settings.text(), labelled.label())
              : List.of(settings.text());
      var cells = columns.stream().map(table::words).toList();
      List<String> texts = new ArrayList<>();
      List<String> labels = new ArrayList<>();
      for (int row = 0; row < table.size(); row++) {
        int at = row;
        var empty = IntStream.range(0, columns.size()).filter(c -> cells.get(c).get(at).isEmpty());
        var missing = empty.mapToObj(columns::get).findFirst();
        if (missing.isPresent()) {
          bad.add(source.name(), table.line(row), "column `%s` is empty".formatted(missing.get()));
          continue;
        }
        var label = cells.getLast().get(row);
        if (known.isPresent() && !known.get().contains(label)) {
          bad.add(
              source.name(),
              table.line(row),
              "the class `%s` is none of those that the network tells: %s"
                  .formatted(label, String.join(", ", known.get())));
          continue;
        }
        texts.add(cells.getFirst().get(row));
        if (columns.size() > 1) {
          labels.add(label);
        }
      }
      if (texts.isEmpty()) {
        throw new DataException(file + ": there are no texts in it; give some");
      }
      var notes = bad.count() == 0 ? List.<String>of() : List.of(bad.summary(source.name()));
      return new Rows(texts, labels, source.fingerprint(), notes);
    }

    int size() {
      return texts.size();
    }

    Rows with(Rows others) {
      return new Rows(
          joined(texts, others.texts),
          joined(labels, others.labels),
          fingerprint,
          joined(notes, others.notes));
    }

    private static List<String> joined(List<String> first, List<String> second) {
      return Stream.concat(first.stream(), second.stream()).toList();
    }
  }
}
