package dev.merapi.train;

import dev.merapi.graph.Storage;
import dev.merapi.tensor.Parameter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Carries the values of named parameters to files and back. */
public final class Weights {
  /** How many names of each kind an error tells; a wrong model may differ in thousands. */
  private static final int TOLD = 3;

  private Weights() {}

  /** Returns the parameters' values, as they stand in their memory: write them before a step. */
  public static Map<String, StoredArray> of(Map<String, Parameter> parameters) {
    var arrays = new LinkedHashMap<String, StoredArray>();
    parameters.forEach((name, parameter) -> arrays.put(name, StoredArray.of(parameter)));
    return arrays;
  }

  /**
   * Gives parameters the values of a safetensors file: all of them, or none.
   *
   * @throws FileException if the file cannot be read, or does not hold exactly these names with
   *     these shapes and types
   */
  public static void load(Path file, Map<String, Parameter> parameters) {
    load(file, parameters, _ -> true);
  }

  /**
   * The same for a part of a model: parameters and arrays of other names are left alone.
   *
   * @param named which names are the part's
   */
  public static void load(Path file, Map<String, Parameter> model, Predicate<String> named) {
    try (var arena = Arena.ofConfined()) {
      var arrays = only(Safetensors.read(file, arena).arrays(), named);
      var parameters = only(model, named);
      check(file, arrays, parameters);
      parameters.forEach(
          (name, parameter) ->
              parameter.assign(
                  new Storage(
                      parameter.dtype(), parameter.shape().elements(), arrays.get(name).bytes())));
    }
  }

  private static <V> Map<String, V> only(Map<String, V> map, Predicate<String> named) {
    var kept = new LinkedHashMap<>(map);
    kept.keySet().removeIf(named.negate());
    return kept;
  }

  private static void check(
      Path file, Map<String, StoredArray> arrays, Map<String, Parameter> parameters) {
    var problems = new ArrayList<String>();
    var missing = names(parameters).filter(name -> !arrays.containsKey(name)).toList();
    problems.addAll(tell("not in the file: ", missing, n -> n + " " + wanted(parameters.get(n))));
    var unexpected = names(arrays).filter(name -> !parameters.containsKey(name)).toList();
    problems.addAll(tell("not in the model: ", unexpected, n -> n + " " + arrays.get(n)));
    var different =
        names(parameters)
            .filter(arrays::containsKey)
            .filter(n -> !wanted(parameters.get(n)).equals(arrays.get(n).toString()))
            .toList();
    problems.addAll(
        tell(
            "different: ",
            different,
            n ->
                "%s is %s in the file and %s in the model"
                    .formatted(n, arrays.get(n), wanted(parameters.get(n)))));
    if (!problems.isEmpty()) {
      throw new FileException(
          file,
          "these are the weights of another model: " + String.join("; ", problems),
          "build the model with the settings that the file was made with, or use another file");
    }
  }

  private static Stream<String> names(Map<String, ?> map) {
    return map.keySet().stream();
  }

  /** As {@link StoredArray#toString}, without computing the parameter's first value. */
  private static String wanted(Parameter parameter) {
    return ElementType.of(parameter.dtype()) + " " + parameter.shape();
  }

  private static List<String> tell(
      String kind, List<String> names, Function<String, String> describe) {
    if (names.isEmpty()) {
      return List.of();
    }
    var first = names.stream().limit(TOLD).map(describe).collect(Collectors.joining(", "));
    var rest = names.size() > TOLD ? " and %d more".formatted(names.size() - TOLD) : "";
    return List.of(kind + first + rest);
  }
}
