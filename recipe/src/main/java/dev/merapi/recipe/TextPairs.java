package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.table.BadRows;
import dev.merapi.table.ColumnType;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.TableSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Texts and what they are to become, as they are written.
 *
 * @param fingerprint SHA-256 of where they come from
 * @param notes on pairs that were left out
 */
record TextPairs(List<Pair> pairs, String fingerprint, List<String> notes) {
  TextPairs {
    pairs = List.copyOf(pairs);
    notes = List.copyOf(notes);
  }

  /**
   * A text and what it is to become.
   *
   * @param place where it stands: {@code line 7}
   */
  record Pair(String source, String target, String place) {}

  /** Where pairs are. */
  sealed interface Place {
    /** A table with a column of each. */
    record Table(Path file) implements Place {}

    /** Two files, a text a line. */
    record Lines(Path from, Path to) implements Place {}

    /**
     * The place of another name beside this one.
     *
     * @param required whether it must be there
     */
    default Optional<Place> beside(String name, LanguageSettings.Pairs settings, boolean required) {
      var here =
          switch (this) {
            case Table(var file) -> file;
            case Lines(var from, _) -> from;
          };
      var path = here.resolveSibling(name);
      var found = find(path, settings);
      if (required && found.isEmpty()) {
        throw missing(path, settings);
      }
      return found;
    }
  }

  /**
   * Where a recipe's pairs are.
   *
   * @param place what the user says: a table, one of two files, or a folder to look in
   */
  static Place locate(LanguageSettings.Pairs settings, Optional<Path> place) {
    if (place.isPresent() && !Files.isDirectory(place.get())) {
      return file(place.get(), settings);
    }
    var source =
        settings
            .source()
            .orElseThrow(
                () ->
                    new RecipeException(
                        "the recipe does not say where its pairs are; give --data FILE, or"
                            + " data.source"));
    var path = Path.of(source);
    var shared = System.getenv().getOrDefault("MERAPI_DATA", "");
    var candidates =
        place
            .map(folder -> Stream.of(folder.resolve(source), folder.resolve(path.getFileName())))
            .orElseGet(
                () ->
                    shared.isEmpty()
                        ? Stream.of(path)
                        : Stream.of(path, Path.of(shared).resolve(source)))
            .toList();
    return candidates.stream()
        .flatMap(each -> find(each, settings).stream())
        .findFirst()
        .orElseThrow(() -> missing(candidates.getFirst(), settings));
  }

  /** A file that the user named: one of two, or a table. */
  private static Place file(Path file, LanguageSettings.Pairs settings) {
    var name = file.getFileName().toString().replaceFirst("\\.gz$", "");
    for (var ending : List.of("." + settings.from(), "." + settings.to())) {
      if (name.endsWith(ending)) {
        var both = file.resolveSibling(name.substring(0, name.length() - ending.length()));
        return find(both, settings).orElseThrow(() -> missing(both, settings));
      }
    }
    return new Place.Table(file);
  }

  private static Optional<Place> find(Path path, LanguageSettings.Pairs settings) {
    var from = plainOrGzip(path, settings.from());
    var to = plainOrGzip(path, settings.to());
    if (from.isPresent() && to.isPresent()) {
      return Optional.of(new Place.Lines(from.get(), to.get()));
    }
    return Files.isRegularFile(path) ? Optional.of(new Place.Table(path)) : Optional.empty();
  }

  private static Optional<Path> plainOrGzip(Path path, String ending) {
    var name = path.getFileName() + "." + ending;
    return Stream.of(name, name + ".gz")
        .map(path::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static DataException missing(Path path, LanguageSettings.Pairs settings) {
    return new DataException(
        "%1$s: there is no such table, nor are there two files %1$s.%2$s and %1$s.%3$s (or with .gz); check the path, give one of the files or a folder with --data, or put them below $MERAPI_DATA"
            .formatted(path, settings.from(), settings.to()));
  }

  /**
   * Reads them.
   *
   * @throws DataException if there are none, if two files have not as many lines, or if a text is
   *     empty and none is to be left out
   */
  static TextPairs read(Place place, LanguageSettings.Pairs settings) {
    var bad = BadRows.of(settings.onBadRow());
    var read =
        switch (place) {
          case Place.Table(var file) -> table(file, settings, bad);
          case Place.Lines files -> files(files, bad);
        };
    if (read.pairs.isEmpty()) {
      throw new DataException(name(place) + ": there are no pairs of texts in it; give some");
    }
    return read;
  }

  private static String name(Place place) {
    return switch (place) {
      case Place.Table(var file) -> file.toString();
      case Place.Lines(var from, var to) -> from + " and " + to.getFileName();
    };
  }

  private static TextPairs table(Path file, LanguageSettings.Pairs settings, BadRows bad) {
    var plain = ReadOptions.DEFAULT;
    // "null" is a text like any other.
    var options =
        new ReadOptions(
                plain.types(), plain.header(), plain.delimiter(), plain.encoding(), List.of())
            .type(settings.from(), ColumnType.TEXT)
            .type(settings.to(), ColumnType.TEXT);
    var source = TableSource.of(file, options);
    var table = source.read(bad);
    var from = table.words(settings.from());
    var to = table.words(settings.to());
    List<Pair> pairs = new ArrayList<>();
    for (int row = 0; row < table.size(); row++) {
      if (from.get(row).isBlank() || to.get(row).isBlank()) {
        var column = from.get(row).isBlank() ? settings.from() : settings.to();
        bad.add(source.name(), table.line(row), "column `%s` is empty".formatted(column));
      } else {
        var at = "line " + table.line(row);
        pairs.add(new Pair(from.get(row).strip(), to.get(row).strip(), at));
      }
    }
    return new TextPairs(pairs, source.fingerprint(), notes(bad, source.name()));
  }

  private static TextPairs files(Place.Lines files, BadRows bad) {
    var from = PlainText.lines(files.from());
    var to = PlainText.lines(files.to());
    if (from.size() != to.size()) {
      throw new DataException(
          "%s has %d lines, and %s has %d: line n of one must belong to line n of the other; find the line that is missing or too many, or give a table with both columns"
              .formatted(files.from(), from.size(), files.to(), to.size()));
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      if (from.get(i).isBlank() || to.get(i).isBlank()) {
        var file = from.get(i).isBlank() ? files.from() : files.to();
        bad.add(file.toString(), i + 1, "the line is empty");
      } else {
        pairs.add(new Pair(from.get(i).strip(), to.get(i).strip(), "line " + (i + 1)));
      }
    }
    var sha = new Sha256().add(Sha256.of(files.from())).add(Sha256.of(files.to()));
    return new TextPairs(pairs, sha.hex(), notes(bad, name(files)));
  }

  private static List<String> notes(BadRows bad, String name) {
    return bad.count() == 0 ? List.of() : List.of(bad.summary(name));
  }
}
