package dev.merapi.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.MismatchedInputException;
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

  /**
   * Reads a record of plain values.
   *
   * @throws FileException if the file does not hold such a record
   */
  static <R extends Record> R read(Path file, Class<R> type) {
    try {
      return present(MAPPER.readValue(Files.readAllBytes(file), type));
    } catch (JacksonException e) {
      throw new FileException(
          file,
          "it does not hold what is needed here (" + e.getOriginalMessage() + ")",
          "use the version of Merapi that wrote it");
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
  }

  /** A value that was read, which is null where the file said {@code null}. */
  static <V> V present(V value) {
    if (value == null) {
      throw MismatchedInputException.from((JsonParser) null, Object.class, "it says null");
    }
    return value;
  }
}
