package dev.merapi.text;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value in a JSON file that knows where it stands, so that what is wrong with it can be named.
 *
 * @param file the file
 * @param place the way from its root: {@code model.merges[3]}; empty for the root itself
 * @param node the value
 */
record JsonPlace(Path file, String place, JsonNode node) {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a file whose root is an object.
   *
   * @throws DataException if it cannot be read or is not JSON
   */
  static JsonPlace read(Path file) {
    JsonNode node;
    try {
      node = MAPPER.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw DataException.of(
          file,
          (at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()))
              + "this is not JSON ("
              + e.getOriginalMessage()
              + ")",
          "copy the file again");
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
    var root = new JsonPlace(file, "", node);
    if (!node.isObject()) {
      throw root.error("an object is needed here");
    }
    return root;
  }

  /** The member of an object, which has to be there and may not be null. */
  JsonPlace get(String key) {
    return find(key).orElseThrow(() -> error("'" + key + "' is missing"));
  }

  /** The member of an object; empty where it is missing or null. */
  Optional<JsonPlace> find(String key) {
    if (!node.isObject()) {
      throw error("an object is needed here");
    }
    var member = node.get(key);
    return member == null || member.isNull()
        ? Optional.empty()
        : Optional.of(new JsonPlace(file, place.isEmpty() ? key : place + "." + key, member));
  }

  /** The elements of an array. */
  List<JsonPlace> elements() {
    if (!node.isArray()) {
      throw error("a list is needed here");
    }
    var elements = new ArrayList<JsonPlace>(node.size());
    for (int i = 0; i < node.size(); i++) {
      elements.add(new JsonPlace(file, place + "[" + i + "]", node.get(i)));
    }
    return elements;
  }

  /** The members of an object. */
  Iterable<Map.Entry<String, JsonNode>> members() {
    if (!node.isObject()) {
      throw error("an object is needed here");
    }
    return node.properties();
  }

  String text() {
    if (!node.isString()) {
      throw error("a text is needed here");
    }
    return node.stringValue();
  }

  String text(String key) {
    return get(key).text();
  }

  int integer() {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw error("a whole number is needed here");
    }
    return node.intValue();
  }

  double number() {
    if (!node.isNumber()) {
      throw error("a number is needed here");
    }
    return node.doubleValue();
  }

  boolean flag() {
    if (!node.isBoolean()) {
      throw error("true or false is needed here");
    }
    return node.booleanValue();
  }

  /** The flag of an object; {@code otherwise} where it is missing or null. */
  boolean flag(String key, boolean otherwise) {
    return find(key).map(JsonPlace::flag).orElse(otherwise);
  }

  /** An error about this value. */
  DataException error(String what) {
    return error(what, "get a file that its library reads");
  }

  DataException error(String what, String mend) {
    return DataException.of(file, (place.isEmpty() ? "" : place + ": ") + what, mend);
  }
}
