package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.NamedSet;
import dev.merapi.data.Nearest;
import dev.merapi.data.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the file of a table: a path, or the name of a {@linkplain NamedSet known set}. */
public final class NamedTable {
  private NamedTable() {}

  /**
   * The file that a recipe means.
   *
   * @param source what the recipe says: a path, or the name of a known table, which is downloaded
   *     where it is nowhere
   * @param place a file that takes its place, or a folder to look for it in
   * @throws DataException if there is no such file
   */
  public static Path locate(String source, Optional<Path> place, Progress download) {
    return locate(source, place, System.getenv(), download);
  }

  static Path locate(
      String source, Optional<Path> place, Map<String, String> environment, Progress download) {
    if (place.isPresent() && !Files.isDirectory(place.get())) {
      return place.get();
    }
    var known = NamedSet.find(source).filter(set -> set.kind() == NamedSet.Kind.TABLE);
    if (known.isPresent()) {
      return known.get().locate(place, environment, download);
    }
    var path = place.map(folder -> folder.resolve(source)).orElse(Path.of(source));
    if (!Files.exists(path)) {
      throw new DataException(
          "%s: there is no such file%s; check the path"
              .formatted(
                  path,
                  source.contains(".")
                      ? ""
                      : Nearest.hint(source, NamedSet.names(NamedSet.Kind.TABLE))));
    }
    return path;
  }
}
