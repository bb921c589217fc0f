package dev.merapi.hub;

import dev.merapi.train.FileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a {@code config.json} says, with errors that name the file and the key. */
final class Config {
  static final String NAME = "config.json";
  static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path file;
  private final ObjectNode values;

  Config(Path file, ObjectNode values) {
    this.file = file;
    this.values = values;
  }

  static Config read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new FileException(
          folder,
          "there is no config.json in it",
          "give the folder of a model as it was downloaded, with config.json and"
              + " model.safetensors");
    }
    return new Config(file, object(file));
  }

  /** The object in a JSON file. */
  static ObjectNode object(Path file) {
    try {
      if (JSON.readTree(text(file)) instanceof ObjectNode object) {
        return object;
      }
      throw new FileException(file, "it holds no JSON object", "download it again");
    } catch (JacksonException e) {
      throw new FileException(
          file, "it is not JSON (" + e.getOriginalMessage() + ")", "download it again");
    }
  }

  /** The text of a file. */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new FileException(file, "cannot read it (" + e.getMessage() + ")", "check the file");
    }
  }

  Path file() {
    return file;
  }

  ObjectNode values() {
    return values;
  }

  /** Whether the key is there and not null. */
  boolean has(String key) {
    return values.hasNonNull(key);
  }

  int integer(String key) {
    return value(key, "a whole number above 0", n -> n.isInt() && n.intValue() > 0).intValue();
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  double number(String key) {
    return value(key, "a number", JsonNode::isNumber).doubleValue();
  }

  double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    return has(key) ? value(key, "true or false", JsonNode::isBoolean).booleanValue() : otherwise;
  }

  String text(String key) {
    return value(key, "a text", JsonNode::isString).stringValue();
  }

  Optional<Config> object(String key) {
    return has(key)
        ? Optional.of(new Config(file, (ObjectNode) value(key, "an object", JsonNode::isObject)))
        : Optional.empty();
  }

  JsonNode list(String key) {
    return value(key, "a list", JsonNode::isArray);
  }

  private JsonNode value(String key, String kind, Predicate<JsonNode> fits) {
    JsonNode value = values.get(key);
    if (value == null || value.isNull()) {
      throw problem("it does not say " + key, "add it, " + kind);
    }
    if (!fits.test(value)) {
      throw problem("%s is %s".formatted(key, value), "give " + kind);
    }
    return value;
  }

  /** What one of several words stands for. */
  <T> T choice(String key, String word, Map<String, T> known) {
    T found = known.get(word);
    if (found == null) {
      throw problem(
          "%s is %s, which Merapi does not know".formatted(key, word),
          "known are " + known.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }
    return found;
  }

  /** Refuses what the model would do otherwise than Merapi does it. */
  void refuse(String key, boolean differs, String instead) {
    if (differs) {
      throw problem(
          "%s is %s, which Merapi does not support".formatted(key, values.get(key)),
          "use a model with " + instead);
    }
  }

  FileException problem(String what, String mend) {
    return new FileException(file, what, mend);
  }
}
