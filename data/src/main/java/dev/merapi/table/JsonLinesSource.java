package dev.merapi.table;

import dev.merapi.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object a line. The columns are the keys of the first {@link TableSource#SAMPLE} objects; a
 * key that an object lacks, or null, is a missing cell.
 */
record JsonLinesSource(TextInput text) implements TextSource {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  @Override
  public RawReader open() throws IOException {
    Set<String> keys = new LinkedHashSet<>();
    try (var reader = new BufferedReader(text.open())) {
      int seen = 0;
      for (var line = reader.readLine();
          line != null && seen < TableSource.SAMPLE;
          line = reader.readLine(), seen++) {
        object(line).ifPresent(object -> keys.addAll(object.propertyNames()));
      }
    }
    if (keys.isEmpty()) {
      throw new DataException(
          name() + ": there is no JSON object with a key in it; give one object a line");
    }
    return new Rows(new BufferedReader(text.open(), 1 << 16), List.copyOf(keys));
  }

  private static java.util.Optional<JsonNode> object(String line) {
    try {
      var node = MAPPER.readTree(line);
      return java.util.Optional.of(node).filter(JsonNode::isObject);
    } catch (JacksonException _) {
      return java.util.Optional.empty(); // the row is a bad one, and is told when it is read
    }
  }

  private static final class Rows implements RawReader {
    private final BufferedReader reader;
    private final List<String> columns;
    private long line;

    Rows(BufferedReader reader, List<String> columns) {
      this.reader = reader;
      this.columns = columns;
    }

    @Override
    public List<String> columns() {
      return columns;
    }

    @Override
    public boolean next(RawRow row) throws IOException {
      for (var text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          row.begin(line);
          var object = object(text);
          object.ifPresentOrElse(
              found -> fill(found, row), () -> row.fail("this is no JSON object"));
          return true;
        }
      }
      return false;
    }

    private void fill(JsonNode object, RawRow row) {
      for (var column : columns) {
        var value = object.get(column);
        if (value != null && value.isContainer()) {
          row.fail("column `%s` holds an object or a list, not one value".formatted(column));
          return;
        }
        row.add(value == null || value.isNull() ? "" : value.asString());
      }
      for (var key : object.propertyNames()) {
        if (!columns.contains(key)) {
          row.fail("the key `%s` is in none of the first rows".formatted(key));
        }
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
