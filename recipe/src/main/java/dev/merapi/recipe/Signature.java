package dev.merapi.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * What goes into a run's network and what comes out, kept with the run: it is used without the data
 * that it was trained on.
 *
 * @param features the shape of one sample
 * @param outputs how many numbers come out
 * @param classes the names of the classes, if it tells classes apart
 * @param vocabularies for each feature of a table how many label numbers it can have, 0 for other
 *     numbers; empty where no feature is a label; of text, the size of its vocabulary
 */
public record Signature(
    List<Integer> features, int outputs, List<String> classes, List<Integer> vocabularies) {
  static final String FILE = "signature.json";

  static Signature of(Dataset data, List<Integer> vocabularies) {
    return new Signature(
        Arrays.stream(data.features().toArray()).boxed().toList(),
        data.classes().isEmpty()
            ? Math.toIntExact(data.target().elements())
            : data.classes().size(),
        data.classes(),
        vocabularies.stream().allMatch(size -> size == 0) ? List.of() : vocabularies);
  }

  /** Whether a sample is a piece of text, whose tokens are told one by one. */
  boolean hasTokens() {
    return classes.isEmpty() && vocabularies.equals(List.of(outputs)) && outputs > 1;
  }

  Shape shape() {
    return Shape.of(features.stream().mapToInt(Integer::intValue).toArray());
  }
}
