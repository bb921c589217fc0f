package dev.merapi.train;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How this room reads and writes JSON. */
final class Json {
  /** Strict: a key that is there twice, is unknown or is missing is an error. */
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private Json() {}

  /** Returns the value over several lines, for files that people read. */
  static byte[] pretty(Object value) {
    return (MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value)
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
