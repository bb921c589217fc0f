package dev.merapi.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What goes into a run's network and what comes out, kept with the run: it is used without the data
 * that it was trained on.
 *
 * @param features the shape of one sample
 * @param outputs how many numbers come out
 * @param classes the names of the classes, if it tells classes apart
 * @param vocabularies for each feature of a table how many label numbers it can have, 0 for other
 *     numbers; empty where no feature is a label; of text, the size of its vocabulary
 * @param padding of texts of their own, the token that fills shorter ones up
 */
public record Signature(
    List<Integer> features,
    int outputs,
    List<String> classes,
    List<Integer> vocabularies,
    Optional<Integer> padding) {
  static final String FILE = "signature.json";

  Signature(List<Integer> features, int outputs, List<String> classes, List<Integer> vocabularies) {
    this(features, outputs, classes, vocabularies, Optional.empty());
  }

  static Signature of(Dataset data, List<Integer> vocabularies) {
    return new Signature(
        Arrays.stream(data.features().toArray()).boxed().toList(),
        data.classes().isEmpty()
            ? Math.toIntExact(data.target().elements())
            : data.classes().size(),
        data.classes(),
        vocabularies.stream().allMatch(size -> size == 0) ? List.of() : vocabularies);
  }

  /** Whether a sample is a piece of text, each of whose tokens is told from those before it. */
  boolean hasTokens() {
    return tellsTokens() && padding.isEmpty();
  }

  /** Whether tokens are told, one by one. */
  boolean tellsTokens() {
    return classes.isEmpty() && vocabularies.equals(List.of(outputs)) && outputs > 1;
  }

  /** Whether two places of a text are told, an answer's begin and end. */
  boolean findsAnswers() {
    return classes.isEmpty() && padding.isPresent() && !tellsTokens();
  }

  /**
   * The size of the vocabulary of texts of their own.
   *
   * @param model what wants it, for the error where there is none
   */
  int textVocabulary(String model) {
    if (padding.isEmpty()) {
      throw new RecipeException(
          "a %s reads texts; give data of the kind `texts`, or another model".formatted(model));
    }
    return vocabularies.getFirst();
  }

  /**
   * The same, for a model that classifies whole texts.
   *
   * @param model what wants it, for the error where tokens are to be told
   */
  int classifiedVocabulary(String model) {
    int vocabulary = textVocabulary(model);
    if (tellsTokens() || findsAnswers()) {
      throw new RecipeException(
          "a %s tells classes, not hidden tokens or answers; give data of the kind `texts`, or the model bert"
              .formatted(model));
    }
    return vocabulary;
  }

  Shape shape() {
    return Shape.of(features.stream().mapToInt(Integer::intValue).toArray());
  }
}
