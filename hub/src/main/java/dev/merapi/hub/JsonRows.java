package dev.merapi.hub;

import dev.merapi.data.DataException;
import dev.merapi.table.BadRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** The objects of a file: of one JSON list, or one on each line; gzipped or not. */
final class JsonRows {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /** Of a list, behind whose elements others come. */
  private static final ObjectReader ELEMENTS =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** So far from its begin a file's first character is looked for. */
  private static final int LOOKED_AT = 1 << 16;

  private JsonRows() {}

  /** A row cannot be used, for a reason that is told with its place. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String reason) {
      super(reason);
    }
  }

  /** Makes something of a row. */
  interface Making<R> {
    /**
     * Makes it.
     *
     * @param place {@code chats.jsonl: line 3}
     */
    R of(String place, JsonNode row) throws Unfit;
  }

  /** What becomes of a row. */
  interface Using {
    /**
     * Uses it.
     *
     * @param line of the file where it begins
     */
    void row(long line, JsonNode row);
  }

  /**
   * Reads the list that stands under a name in the object that the file is; what else there is in
   * it is passed over.
   *
   * @throws DataException if it cannot be read, or has no such list
   */
  static void read(Path file, String field, Using use) {
    try (var reader = open(file)) {
      begin(reader);
      try (var parser = MAPPER.createParser(reader)) {
        if (parser.nextToken() == JsonToken.START_OBJECT) {
          for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var value = parser.nextToken();
            if (name.equals(field) && value == JsonToken.START_ARRAY) {
              list(file, parser, use);
              return;
            }
            parser.skipChildren();
          }
        }
      }
    } catch (JacksonException e) {
      throw broken(file, e);
    } catch (CharacterCodingException e) {
      throw noText(file, e);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
    throw DataException.of(
        file, "it is no JSON object with a list `%s`".formatted(field), "give such a file");
  }

  /**
   * Reads a file.
   *
   * @throws DataException if it cannot be read, holds nothing, or a row cannot be used and is not
   *     to be left out
   */
  static <R> List<R> read(Path file, BadRows bad, Making<R> making) {
    List<R> made = new ArrayList<>();
    try (var reader = open(file)) {
      if (begin(reader) == '[') {
        try (var parser = MAPPER.createParser(reader)) {
          parser.nextToken();
          list(file, parser, (line, row) -> use(file, line, row, bad, making, made));
        } catch (JacksonException e) {
          throw broken(file, e);
        }
      } else {
        lines(file, reader, bad, making, made);
      }
    } catch (CharacterCodingException e) {
      throw noText(file, e);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
    if (made.isEmpty()) {
      throw DataException.of(
          file, "there is no row in it that can be used", "give a list of objects, or one a line");
    }
    return made;
  }

  private static DataException noText(Path file, CharacterCodingException e) {
    return new DataException(
        file + ": it holds bytes that are no UTF-8; save it as UTF-8, and try again", e);
  }

  private static BufferedReader open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw DataException.of(file, "it is a folder", "give a .json or .jsonl file");
    }
    InputStream bytes = Files.newInputStream(file);
    try {
      bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      var strict =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      return new BufferedReader(new InputStreamReader(bytes, strict), 1 << 16);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** The first character that is no space, which is left to be read; a byte order mark is not. */
  private static int begin(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
    reader.mark(LOOKED_AT);
    int next = reader.read();
    for (int i = 1; i < LOOKED_AT && Character.isWhitespace(next); i++) {
      next = reader.read();
    }
    reader.reset();
    return next;
  }

  /** The rest of a list whose begin was read. */
  private static void list(Path file, JsonParser parser, Using use) {
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      long line = parser.currentTokenLocation().getLineNr();
      if (token == null) {
        throw DataException.of(file, "the list does not end", "copy the file again");
      }
      JsonNode row = ELEMENTS.readTree(parser);
      use.row(line, row);
    }
  }

  private static DataException broken(Path file, JacksonException e) {
    var at = e.getLocation();
    return DataException.of(
        file,
        (at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()))
            + "this is not JSON ("
            + e.getOriginalMessage()
            + ")",
        "mend it there");
  }

  private static <R> void lines(
      Path file, BufferedReader reader, BadRows bad, Making<R> making, List<R> made)
      throws IOException {
    long number = 0;
    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonNode row;
      try {
        row = MAPPER.readTree(line);
      } catch (JacksonException e) {
        bad.add(file.toString(), number, "this is not JSON (" + e.getOriginalMessage() + ")");
        continue;
      }
      use(file, number, row, bad, making, made);
    }
  }

  private static <R> void use(
      Path file, long line, JsonNode row, BadRows bad, Making<R> making, List<R> made) {
    try {
      if (!row.isObject()) {
        throw new Unfit("this is no JSON object");
      }
      made.add(making.of("%s: line %d".formatted(file, line), row));
    } catch (Unfit e) {
      bad.add(file.toString(), line, e.getMessage());
    }
  }

  /** The text of a field. */
  static String text(JsonNode row, String field) throws Unfit {
    JsonNode value = row.get(field);
    if (value == null || value.isNull()) {
      throw new Unfit("`%s` is missing".formatted(field));
    }
    if (!value.isString()) {
      throw new Unfit("`%s` is %s, and has to be a text".formatted(field, kind(value)));
    }
    return value.stringValue();
  }

  /** The list of a field. */
  static JsonNode list(JsonNode row, String field) throws Unfit {
    JsonNode value = row.path(field);
    if (!value.isArray()) {
      throw new Unfit(
          "`%s` is %s, and has to be a list"
              .formatted(field, value.isMissingNode() ? "missing" : kind(value)));
    }
    return value;
  }

  /** The text of a field; where it is missing or null, none. */
  static String textOrNone(JsonNode row, String field) throws Unfit {
    return row.hasNonNull(field) ? text(row, field) : "";
  }

  static String kind(JsonNode value) {
    return value.isArray() ? "a list" : value.isObject() ? "an object" : value.toString();
  }
}
