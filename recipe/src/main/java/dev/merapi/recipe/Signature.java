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
 */
record Signature(List<Integer> features, int outputs, List<String> classes) {
  static final String FILE = "signature.json";

  static Signature of(Dataset data) {
    return new Signature(
        Arrays.stream(data.features().toArray()).boxed().toList(),
        data.classes().isEmpty()
            ? Math.toIntExact(data.target().elements())
            : data.classes().size(),
        data.classes());
  }

  Shape shape() {
    return Shape.of(features.stream().mapToInt(Integer::intValue).toArray());
  }
}
