package dev.merapi.hub;

import dev.merapi.hub.NameMap.Layout;
import dev.merapi.hub.NameMap.Part;
import dev.merapi.tensor.Parameter;
import dev.merapi.train.ElementType;
import dev.merapi.train.FileException;
import dev.merapi.train.StoredArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Carries values between a model's parameters and published tensors, by a {@link NameMap}. */
final class PublishedWeights {
  /** How many names of each kind an error tells. */
  private static final int TOLD = 3;

  private PublishedWeights() {}

  /**
   * Gives the parameters the values of the tensors: all of them, or none.
   *
   * @throws FileException if a tensor is missing, has another shape than the config says, or is one
   *     too many
   */
  static void read(Path folder, Map<String, StoredArray> arrays, NameMap names, Object model) {
    Map<Part, StoredArray> found = new LinkedHashMap<>();
    Set<String> used = new HashSet<>();
    List<String> missing = new ArrayList<>();
    List<String> different = new ArrayList<>();
    for (Part part : names.parts(model)) {
      var spelled = spellings(part.name(), names.prefix()).filter(arrays::containsKey).findFirst();
      if (spelled.isEmpty()) {
        missing.add(part.name() + " " + text(part.shape()));
        continue;
      }
      StoredArray array = arrays.get(spelled.get());
      used.add(spelled.get());
      found.put(part, array);
      if (!array.shape().equals(part.shape())) {
        different.add(
            "%s is %s in the file and %s by the config"
                .formatted(spelled.get(), text(array.shape()), text(part.shape())));
      } else if (!Elements.READABLE.contains(array.type())) {
        throw new FileException(
            folder,
            "%s is stored as %s, which is no type of weights here"
                .formatted(spelled.get(), array.type()),
            "use the model's F32, F16 or BF16 weights; quantised ones are not read");
      }
    }
    List<String> unexpected =
        arrays.keySet().stream()
            .filter(n -> !used.contains(n) && !names.ignored().test(n))
            .toList();
    List<String> problems = new ArrayList<>();
    tell(problems, "the config contradicts the weights: ", different);
    tell(problems, "missing tensors: ", missing);
    tell(problems, "tensors that this architecture has not: ", unexpected);
    if (!problems.isEmpty()) {
      throw new FileException(
          folder, String.join("; ", problems), "take config.json and weights from the same model");
    }
    assign(found);
  }

  /** A name as it may stand in files: without the encoder's prefix, or as TensorFlow had it. */
  private static Stream<String> spellings(String name, String prefix) {
    String old =
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
    String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : prefix + name;
    return Stream.of(name, old, bare);
  }

  private static void assign(Map<Part, StoredArray> found) {
    Map<Parameter, List<Part>> parts = new LinkedHashMap<>();
    found
        .keySet()
        .forEach(p -> parts.computeIfAbsent(p.parameter(), _ -> new ArrayList<>()).add(p));
    parts.entrySet().parallelStream()
        .forEach(
            parameter ->
                parameter
                    .getKey()
                    .write(
                        all ->
                            parameter.getValue().forEach(part -> put(part, found.get(part), all))));
  }

  private static void put(Part part, StoredArray array, MemorySegment all) {
    MemorySegment rows = rows(part, all);
    if (part.layout() != Layout.TRANSPOSED || array.shape().size() != 2) {
      Elements.widen(array, rows);
      return;
    }
    try (var arena = Arena.ofConfined()) {
      Elements.transpose(Elements.floats(array, arena), rows, size(array, 0), size(array, 1));
    }
  }

  /** The tensors that a model is published as, in f32. */
  static Map<String, StoredArray> write(NameMap names, Object model) {
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    for (Part part : names.parts(model)) {
      MemorySegment rows = rows(part, part.parameter().storage().segment());
      List<Long> shape = part.shape();
      if (part.layout() == Layout.TRANSPOSED && shape.size() == 2) {
        MemorySegment turned = Arena.ofAuto().allocate(rows.byteSize(), 64);
        Elements.transpose(rows, turned, shape.get(1).intValue(), shape.get(0).intValue());
        rows = turned;
      }
      arrays.put(part.name(), new StoredArray(ElementType.F32, shape, rows));
    }
    return arrays;
  }

  private static MemorySegment rows(Part part, MemorySegment all) {
    long row = all.byteSize() / part.parameter().shape().size(0);
    return all.asSlice(part.from() * row, (part.to() - part.from()) * row);
  }

  private static int size(StoredArray array, int axis) {
    return array.shape().get(axis).intValue();
  }

  private static String text(List<Long> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }

  private static void tell(List<String> problems, String kind, List<String> names) {
    if (!names.isEmpty()) {
      String first = names.stream().limit(TOLD).collect(Collectors.joining(", "));
      String rest = names.size() > TOLD ? " and %d more".formatted(names.size() - TOLD) : "";
      problems.add(kind + first + rest);
    }
  }
}
