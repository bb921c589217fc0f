package dev.merapi.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads cases that PyTorch computed once. The README beside the files of the core module tells
 * their form.
 */
public final class Golden {
  private static final JsonMapper JSON = new JsonMapper();

  private Golden() {}

  /** The numbers of one tensor, row-major; the dtype is f32, i64 or bool. */
  public record Numbers(List<Integer> shape, String dtype, List<Double> values) {
    public int[] sizes() {
      return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    public double[] array() {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * One case: an op with its attributes, what goes in, what must come out, and the gradients of
   * {@code Σ outputs · dy}.
   */
  public record Case(
      String name,
      String op,
      Attributes attributes,
      Map<String, Numbers> inputs,
      Map<String, Numbers> outputs,
      Map<String, Numbers> dy,
      Map<String, Numbers> gradients) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The options of a case by name; asking for one that is not there is an error of the test. */
  public record Attributes(JsonNode json) {
    public boolean has(String name) {
      return json.has(name);
    }

    public int integer(String name) {
      return required(name).intValue();
    }

    /** Any number, infinite ones too. */
    public double number(String name) {
      return Golden.number(required(name));
    }

    public boolean flag(String name) {
      return required(name).booleanValue();
    }

    public String text(String name) {
      return required(name).stringValue();
    }

    public int[] integers(String name) {
      return ints(required(name));
    }

    public double[] numbers(String name) {
      return required(name).valueStream().mapToDouble(Golden::number).toArray();
    }

    /** A list of lists, such as the [before, after] of each axis that is padded. */
    public List<int[]> rows(String name) {
      return required(name).valueStream().map(Golden::ints).toList();
    }

    private JsonNode required(String name) {
      return json.required(name);
    }
  }

  /**
   * All cases of a file. A test opens its own, {@code getClass().getResourceAsStream("…")}: modules
   * hide their resources from each other.
   */
  public static List<Case> read(InputStream file) {
    try (file) {
      List<Case> cases = new ArrayList<>();
      for (JsonNode json : JSON.readTree(file).required("cases")) {
        cases.add(
            new Case(
                json.required("name").stringValue(),
                json.required("op").stringValue(),
                new Attributes(json.required("attributes")),
                tensors(json.required("inputs")),
                tensors(json.required("outputs")),
                tensors(json.required("dy")),
                tensors(json.required("gradients"))));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Numbers> tensors(JsonNode json) {
    Map<String, Numbers> result = new LinkedHashMap<>();
    json.forEachEntry(
        (name, tensor) -> {
          result.put(
              name,
              new Numbers(
                  tensor.required("shape").valueStream().map(JsonNode::intValue).toList(),
                  tensor.required("dtype").stringValue(),
                  tensor.required("values").valueStream().map(Golden::number).toList()));
        });
    return result;
  }

  private static int[] ints(JsonNode json) {
    return json.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private static double number(JsonNode json) {
    return json.isString() ? Double.parseDouble(json.stringValue()) : json.doubleValue();
  }
}
