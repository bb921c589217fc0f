package dev.merapi.cli;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** How the command writes JSON: one line an object, names in snake_case. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private Json() {}

  /** Writes a record as one line. */
  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** Writes maps and lists over several lines, their keys as they are. */
  static String pretty(Object value) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }
}
