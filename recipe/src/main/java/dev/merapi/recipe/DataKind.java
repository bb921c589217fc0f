package dev.merapi.recipe;

import dev.merapi.audio.SoundFolder;
import dev.merapi.data.DataException;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.NamedSet;
import dev.merapi.data.PictureFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What somebody's data are, as their names tell it. */
public final class DataKind {
  private static final Set<String> TEXTS = Set.of("txt", "md", "text");

  private DataKind() {}

  /**
   * Pictures, sounds or texts, whichever a folder or a zip has most of; a text for a file that ends
   * with .txt, .text or .md; a table for any other file.
   *
   * @throws DataException if there is nothing, or nothing that is known
   */
  public static NamedSet.Kind of(Path place) {
    if (!Files.exists(place)) {
      throw DataException.of(place, "there is no such file or folder", "check the path");
    }
    var name = place.getFileName() == null ? "" : place.getFileName().toString();
    var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!Files.isDirectory(place) && !ending.equals("zip")) {
      return TEXTS.contains(ending) ? NamedSet.Kind.TEXT : NamedSet.Kind.TABLE;
    }
    var endings = LabelledFiles.endings(place);
    int pictures = count(endings, PictureFolder.KINDS);
    int sounds = count(endings, SoundFolder.KINDS);
    int texts = count(endings, Set.of("txt"));
    if (pictures + sounds + texts == 0) {
      throw DataException.of(
          place,
          endings.isEmpty()
              ? "there are no files in it"
              : "there are no pictures, sounds or texts in it, but files that end with "
                  + String.join(", ", endings.keySet()),
          "give a folder of pictures, sounds or .txt files, or the file of a table");
    }
    if (pictures >= Math.max(sounds, texts)) {
      return NamedSet.Kind.PICTURES;
    }
    return sounds >= texts ? NamedSet.Kind.SOUNDS : NamedSet.Kind.TEXT;
  }

  private static int count(Map<String, Integer> endings, Set<String> kinds) {
    return kinds.stream().mapToInt(kind -> endings.getOrDefault(kind, 0)).sum();
  }
}
