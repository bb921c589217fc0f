package dev.merapi.recipe;

import dev.merapi.data.LabelledFiles;
import dev.merapi.data.NamedSet;
import dev.merapi.data.Splits;
import dev.merapi.tensor.MerapiException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Where the files of a recipe's data are. */
final class Sources {
  /** So many files that cannot be read are named; the others are counted. */
  private static final int NAMED = 5;

  private Sources() {}

  /**
   * The place that a user named, else the recipe's, beside where one stands or in {@code
   * $MERAPI_DATA}.
   *
   * @throws MerapiException if neither names one
   */
  static Path find(Optional<Path> place, Optional<String> source, String what) {
    if (place.isPresent()) {
      return place.get();
    }
    var named =
        source.orElseThrow(
            () ->
                new MerapiException(
                    "the recipe does not say where its %s are; give --data FOLDER, or data.source"
                        .formatted(what)));
    var shared = System.getenv().getOrDefault("MERAPI_DATA", "");
    var path = Path.of(named);
    var found = Files.exists(path) || shared.isEmpty() ? path : Path.of(shared).resolve(named);
    if (!Files.exists(found)) {
      NamedSet.find(named)
          .ifPresent(
              set -> {
                throw new MerapiException(
                    "%s: there is no such folder here; get the set from %s, and give its folder with --data, or put it below $MERAPI_DATA"
                        .formatted(named, set.publisher()));
              });
    }
    return found;
  }

  /**
   * Refuses a folder for data that are made.
   *
   * @throws MerapiException if there is one
   */
  static void refuse(Optional<Path> folder) {
    if (folder.isPresent()) {
      throw new MerapiException(
          "this recipe makes its own data and reads none; leave --data %s away"
              .formatted(folder.get()));
    }
  }

  /**
   * Data with a sentence on files that could not be read, and one on leakage.
   *
   * @param broken why files could not be read
   */
  static Splits noted(Splits splits, List<String> broken, Optional<String> leaks) {
    var told = broken.isEmpty() ? splits : splits.noting(leftOut(broken));
    return leaks.map(told::noting).orElse(told);
  }

  private static String leftOut(List<String> broken) {
    var named = broken.stream().limit(NAMED).collect(Collectors.joining(" | "));
    return "%d file%s could not be read and %s left out: %s%s"
        .formatted(
            broken.size(),
            broken.size() == 1 ? "" : "s",
            broken.size() == 1 ? "is" : "are",
            named,
            broken.size() > NAMED ? " | …" : "");
  }

  /**
   * A regular expression.
   *
   * @throws MerapiException if it is none
   */
  static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new RecipeException(
          "`%s` is no regular expression: %s".formatted(text, e.getDescription()), e);
    }
  }

  /** How names of files are read. */
  static LabelledFiles.Naming naming(Optional<String> label, Optional<String> testFiles) {
    return new LabelledFiles.Naming(label.map(Sources::pattern), testFiles.map(Sources::pattern));
  }

  static float[] floats(List<Double> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }
}
