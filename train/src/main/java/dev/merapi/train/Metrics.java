package dev.merapi.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * What a run has measured: {@code metrics.jsonl}, one JSON object a line. Each line has at least a
 * {@code step}; the other fields are what the training cares to write, such as {@code train_loss}.
 *
 * @param lines the lines in order
 * @param torn how many lines could not be read, as after a crash or a power cut
 */
public record Metrics(List<Line> lines, int torn) {
  /** The name of the file in a run's folder. */
  static final String FILE = "metrics.jsonl";

  private static final TypeReference<LinkedHashMap<String, Object>> FIELDS =
      new TypeReference<>() {};

  /** Keeps an unmodifiable copy of the lines. */
  public Metrics {
    lines = List.copyOf(lines);
  }

  /**
   * One line.
   *
   * @param fields its fields in order; NaN and the infinities are the strings that JSON allows
   */
  public record Line(Map<String, Object> fields) {
    /** Keeps an unmodifiable copy of the fields. */
    public Line {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Returns the step after which the line was written; 0 if it does not say. */
    public long step() {
      return fields.get("step") instanceof Number step ? step.longValue() : 0;
    }

    /** Returns a field's value if it is a number, or if it is NaN or infinite. */
    public OptionalDouble number(String field) {
      return switch (fields.get(field)) {
        case Number number -> OptionalDouble.of(number.doubleValue());
        case String text when text.matches("NaN|-?Infinity") ->
            OptionalDouble.of(Double.parseDouble(text));
        case null, default -> OptionalDouble.empty();
      };
    }
  }

  /**
   * Reads a file of metrics. One that does not exist has no lines; a line that is not a JSON object
   * is left out and counted.
   *
   * @throws FileException if the file is there and cannot be read
   */
  public static Metrics read(Path file) {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      return new Metrics(List.of(), 0);
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
    var lines = new ArrayList<Line>();
    int torn = 0;
    for (var line : text.lines().filter(each -> !each.isBlank()).toList()) {
      try {
        lines.add(new Line(Json.present(Json.MAPPER.readValue(line, FIELDS))));
      } catch (JacksonException _) {
        torn++;
      }
    }
    return new Metrics(lines, torn);
  }

  /** Returns the lines as far as a step, without those that were written after it. */
  Metrics until(long step) {
    return new Metrics(lines.stream().filter(line -> line.step() <= step).toList(), 0);
  }

  /** Returns one line of the file for these fields. */
  static String format(Map<String, ?> fields) {
    return Json.MAPPER.writeValueAsString(fields) + "\n";
  }

  /** Returns the whole file. */
  String format() {
    var text = new StringBuilder();
    lines.forEach(line -> text.append(format(line.fields())));
    return text.toString();
  }
}
