package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Download;
import dev.merapi.data.Nearest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A table that the field teaches with. It is looked for below {@code $MERAPI_DATA} and below the
 * {@linkplain Download#cache() cache}.
 */
public enum NamedTable {
  /** 150 iris flowers of three kinds, by four lengths (Fisher, 1936). */
  IRIS("tabular/iris.arff", "the UCI repository (Iris)"),
  /** 178 wines of three growers, by thirteen measures (Forina, 1991). */
  WINE("tabular/wine.arff", "the UCI repository (Wine)"),
  /** 5,620 digits in 8x8 pixels (Alpaydin and Kaynak, 1998). */
  OPTDIGITS("tabular/optdigits.arff.gz", "the UCI repository (Optical Recognition of Digits)"),
  /** 20,000 distorted capitals, by sixteen measures of their pixels (Frey and Slate, 1991). */
  LETTER("tabular/letter.arff.gz", "the UCI repository (Letter Recognition)"),
  /** 3,190 stretches of DNA with or without a splice site (Noordewier et al., 1991). */
  DNA_SPLICE("tabular/splice.arff", "the UCI repository (Splice-junction Gene Sequences)"),
  /** Prices of homes in 20,640 blocks of California (Pace and Barry, 1997). */
  CALIFORNIA_HOUSING("tabular/cal.housing.arff.gz", "StatLib (houses)"),
  /** Passengers of an airline in each of 144 months (Box and Jenkins, 1976). */
  AIRLINE("timeseries/airline-passengers.csv", "Box and Jenkins, series G"),
  /** 100,836 ratings of films (Harper and Konstan, 2015). */
  MOVIELENS("movielens-latest-small/ratings.csv.gz", "GroupLens (MovieLens latest-small)");

  private final String file;
  private final String publisher;

  NamedTable(String file, String publisher) {
    this.file = file;
    this.publisher = publisher;
  }

  /** How a recipe calls it: {@code california-housing}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The table of that name. */
  public static Optional<NamedTable> find(String word) {
    return Arrays.stream(values()).filter(table -> table.word().equals(word)).findFirst();
  }

  /**
   * The file that a recipe means: a path, or the name of a known table.
   *
   * @param source what the recipe says
   * @param place a file that takes its place, or a folder to look for it in
   * @throws DataException if there is no such file
   */
  public static Path locate(String source, Optional<Path> place) {
    return locate(source, place, System.getenv());
  }

  static Path locate(String source, Optional<Path> place, Map<String, String> environment) {
    var known = find(source);
    if (place.isPresent() && !Files.isDirectory(place.get())) {
      return place.get();
    }
    if (known.isPresent()) {
      return known.get().search(place, environment);
    }
    var path = place.map(folder -> folder.resolve(source)).orElse(Path.of(source));
    if (!Files.exists(path)) {
      var words = Arrays.stream(values()).map(NamedTable::word).toList();
      throw new DataException(
          "%s: there is no such file%s; check the path"
              .formatted(path, source.contains(".") ? "" : Nearest.hint(source, words)));
    }
    return path;
  }

  private Path search(Optional<Path> place, Map<String, String> environment) {
    var data = Optional.of(environment.getOrDefault("MERAPI_DATA", "")).filter(s -> !s.isEmpty());
    var name = Path.of(file).getFileName();
    var cached = Download.cache().resolve(file);
    var candidates =
        place
            .map(folder -> List.of(folder.resolve(name), folder.resolve(file)))
            .orElseGet(
                () ->
                    data.map(folder -> List.of(Path.of(folder, file), cached))
                        .orElse(List.of(cached)));
    return candidates.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "%s: there is no %s in %s; get it from %s, and give the file with --data or put it there"
                        .formatted(word(), name, candidates.getLast().getParent(), publisher)));
  }
}
