package dev.merapi.recipe;

import dev.merapi.data.Nearest;
import dev.merapi.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** The recipes that come with Merapi, and those in files. */
public final class Recipes {
  private static final List<String> NAMES =
      List.of(
          "digits",
          "mnist-mlp",
          "mnist-mlp-adam",
          "mnist-cnn",
          "fashion-cnn",
          "mnist-autoencoder",
          "cifar10-cnn",
          "spoken-digits",
          "gpt-stories",
          "gpt-char",
          "gpt-char-large",
          "instruct",
          "preferences",
          "bert-mlm",
          "translate",
          "translate-lstm",
          "qa",
          "sentiment",
          "sentiment-lstm",
          "sentiment-cnn",
          "hotel-reviews",
          "iris",
          "wine",
          "optdigits",
          "letter",
          "dna-splice",
          "california-housing",
          "airline",
          "movielens",
          "toy-classifier",
          "toy-regression");

  private Recipes() {}

  /** The recipes that come with Merapi. */
  public static List<Recipe> all() {
    return NAMES.stream().map(name -> load(name, List.of())).toList();
  }

  /**
   * Finds a recipe.
   *
   * @param name of one that comes with Merapi; or the path of a file that ends with {@code .yaml}
   * @param overrides settings that replace those of the recipe: {@code training.epochs=3}
   * @throws RecipeException if there is no such recipe, or a setting in it is wrong
   */
  public static Recipe load(String name, List<String> overrides) {
    return isFile(name)
        ? parse(name, read(Path.of(name)), overrides)
        : parse(known(name) + ".yaml", resource(name + ".yaml"), overrides);
  }

  private static String known(String name) {
    if (!NAMES.contains(name)) {
      throw new RecipeException(
          "there is no recipe `%s`%s (there are %s; a file's name ends with .yaml)"
              .formatted(name, Nearest.hint(name, NAMES), String.join(", ", NAMES)));
    }
    return name;
  }

  /** The text of a recipe as it was written, with its comments. */
  public static String text(String name) {
    return isFile(name) ? read(Path.of(name)) : resource(known(name) + ".yaml");
  }

  private static boolean isFile(String name) {
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  /** The recipe of a run. */
  public static Recipe of(RunFolder run, List<String> overrides) {
    return parse(run.path().resolve("recipe.yaml").toString(), run.recipe(), overrides);
  }

  /**
   * Reads a recipe.
   *
   * @param source what to call the text in messages
   * @throws RecipeException if it is no recipe; the message says where
   */
  public static Recipe parse(String source, String text, List<String> overrides) {
    var node = YamlTree.parse(source, text);
    if (!(node instanceof MappingNode root)) {
      throw new RecipeException(source + ": a recipe is a mapping of keys to values");
    }
    overrides.forEach(assignment -> YamlTree.set(root, assignment));
    return Settings.read(Recipe.class, root);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new RecipeException(
          "%s: it cannot be read; give an existing text file".formatted(file), e);
    }
  }

  private static String resource(String name) {
    try (var stream = Recipes.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
