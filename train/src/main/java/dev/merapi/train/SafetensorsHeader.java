package dev.merapi.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The header of a safetensors file: where each array lies, and the file's free strings.
 *
 * @param entries the arrays by the place of their bytes
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
  /** The longest header that the format allows, in bytes. */
  static final long LARGEST = 100_000_000;

  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** One array: bytes {@code start} to {@code end} of what follows the header. */
  record Entry(String name, ElementType type, List<Long> shape, long start, long end) {}

  /** Makes the errors of one file. */
  record Problem(Path file) {
    FileException malformed(String what) {
      return new FileException(
          file,
          "not a valid safetensors file: " + what,
          "get the file again from its source, or write it again with the program that made it");
    }

    FileException truncated(String what) {
      return new FileException(
          file,
          "the safetensors file is cut short or damaged: " + what,
          "copy or download it again");
    }
  }

  /** Reads the JSON; {@link #check} must follow before an offset is used. */
  static SafetensorsHeader parse(byte[] json, Problem problem) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException _) {
      throw problem.malformed("the header is not UTF-8");
    }
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw problem.malformed("the header is not a JSON object");
      }
      var header = new Reader(parser, problem).header();
      if (parser.nextToken() != null) {
        throw problem.malformed("something follows the header's JSON object");
      }
      return header;
    } catch (JacksonException e) {
      throw problem.malformed("the header's JSON is broken: " + e.getOriginalMessage());
    }
  }

  /** Checks that the arrays fill the data from its first to its last byte, without overlap. */
  void check(long dataSize, Problem problem) {
    long at = 0;
    for (var entry : entries) {
      if (entry.start != at || entry.end < entry.start) {
        throw problem.malformed(
            "'%s' has the bytes %d to %d, and the next free byte is %d: arrays must follow one another"
                .formatted(entry.name, entry.start, entry.end, at));
      }
      long size;
      try {
        size = entry.type.byteSize(entry.shape);
      } catch (ArithmeticException e) {
        throw problem.malformed(
            "'%s' cannot be %s %s: %s"
                .formatted(
                    entry.name, entry.type, StoredArray.shapeText(entry.shape), e.getMessage()));
      }
      if (size != entry.end - entry.start) {
        throw problem.malformed(
            "'%s' is %s %s, which takes %d bytes, but has %d"
                .formatted(
                    entry.name,
                    entry.type,
                    StoredArray.shapeText(entry.shape),
                    size,
                    entry.end - entry.start));
      }
      at = entry.end;
    }
    if (at > dataSize) {
      throw problem.truncated("the arrays take %d bytes, and %d are there".formatted(at, dataSize));
    }
    if (at < dataSize) {
      throw problem.malformed(
          "%d bytes follow the last array, and no array claims them".formatted(dataSize - at));
    }
  }

  /** Returns the JSON for arrays that are written in this order, padded to a multiple of 8. */
  static byte[] format(Map<String, StoredArray> arrays, Map<String, String> metadata) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(METADATA);
        metadata.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long at = 0;
      for (var named : arrays.entrySet()) {
        var array = named.getValue();
        if (named.getKey().equals(METADATA)) {
          throw new IllegalArgumentException("an array cannot be called " + METADATA);
        }
        json.writeObjectPropertyStart(named.getKey());
        json.writeStringProperty("dtype", array.type().name());
        writeNumbers(json, "shape", array.shape());
        writeNumbers(json, "data_offsets", List.of(at, at + array.bytes().byteSize()));
        json.writeEndObject();
        at += array.bytes().byteSize();
      }
      json.writeEndObject();
    }
    int padded = Math.ceilDiv(bytes.size(), 8) * 8;
    if (padded > LARGEST) {
      throw new IllegalArgumentException(
          "the names of %d arrays make a header of %d bytes, and %d is the most"
              .formatted(arrays.size(), padded, LARGEST));
    }
    var header = Arrays.copyOf(bytes.toByteArray(), padded);
    Arrays.fill(header, bytes.size(), padded, (byte) ' ');
    return header;
  }

  private static void writeNumbers(JsonGenerator json, String name, List<Long> numbers) {
    json.writeArrayPropertyStart(name);
    numbers.forEach(json::writeNumber);
    json.writeEndArray();
  }

  /** Walks the tokens; duplicate keys are the parser's own affair. */
  private record Reader(JsonParser parser, Problem problem) {
    SafetensorsHeader header() {
      var entries = new ArrayList<Entry>();
      Map<String, String> metadata = Map.of();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
          throw problem.malformed("a name has half of a surrogate pair");
        }
        expect(JsonToken.START_OBJECT, name, "an object");
        if (name.equals(METADATA)) {
          metadata = metadata();
        } else {
          entries.add(entry(name));
        }
      }
      entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
      return new SafetensorsHeader(entries, metadata);
    }

    private Map<String, String> metadata() {
      var strings = new LinkedHashMap<String, String>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var key = parser.currentName();
        expect(JsonToken.VALUE_STRING, METADATA, "made of strings only");
        strings.put(key, parser.getString());
      }
      return strings;
    }

    private Entry entry(String name) {
      var type = Optional.<ElementType>empty();
      var shape = Optional.<List<Long>>empty();
      var offsets = Optional.<List<Long>>empty();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        switch (parser.currentName()) {
          case "dtype" -> type = Optional.of(type(name));
          case "shape" -> shape = Optional.of(numbers(name, "shape"));
          case "data_offsets" -> offsets = Optional.of(numbers(name, "data_offsets"));
          default -> {
            parser.nextToken();
            parser.skipChildren();
          }
        }
      }
      if (type.isEmpty() || shape.isEmpty() || offsets.isEmpty() || offsets.get().size() != 2) {
        throw problem.malformed(
            "'%s' must have a dtype, a shape and two data_offsets".formatted(name));
      }
      return new Entry(
          name, type.get(), shape.get(), offsets.get().getFirst(), offsets.get().getLast());
    }

    private ElementType type(String name) {
      expect(JsonToken.VALUE_STRING, name, "given a dtype that is a string");
      var code = parser.getString();
      return ElementType.of(code)
          .orElseThrow(
              () -> problem.malformed("'%s' has the unknown dtype '%s'".formatted(name, code)));
    }

    private List<Long> numbers(String name, String field) {
      expect(JsonToken.START_ARRAY, name, "given a list as its " + field);
      var numbers = new ArrayList<Long>();
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        long number = parser.getLongValue();
        if (number < 0) {
          throw problem.malformed("'%s' has a negative number in %s".formatted(name, field));
        }
        numbers.add(number);
      }
      if (parser.currentToken() != JsonToken.END_ARRAY) {
        throw problem.malformed("'%s' must have whole numbers only in %s".formatted(name, field));
      }
      return numbers;
    }

    private void expect(JsonToken token, String name, String what) {
      if (parser.nextToken() != token) {
        throw problem.malformed("'%s' must be %s".formatted(name, what));
      }
    }
  }
}
