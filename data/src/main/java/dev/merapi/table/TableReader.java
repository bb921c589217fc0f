package dev.merapi.table;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Reads a table in parts of some thousand rows. For one thread; close it after use. */
public final class TableReader implements AutoCloseable {
  /** Rows of a part. */
  static final int PART = 8192;

  private final String name;
  private final RawReader reader;
  private final Schema schema;
  private final Set<String> missing;
  private final BadRows bad;
  private final ColumnType[] types;
  private final RawRow row = new RawRow();
  private final WordCache[] caches;

  TableReader(String name, RawReader reader, Schema schema, Set<String> missing, BadRows bad) {
    this.name = name;
    this.reader = reader;
    this.schema = schema;
    this.missing = missing;
    this.bad = bad;
    this.types = schema.fields().stream().map(Field::type).toArray(ColumnType[]::new);
    this.caches = Arrays.stream(types).map(_ -> new WordCache()).toArray(WordCache[]::new);
  }

  /** The next rows; none after the last. */
  public Table next() {
    double[][] numbers = new double[types.length][];
    String[][] words = new String[types.length][];
    for (int c = 0; c < types.length; c++) {
      if (types[c].isNumber()) {
        numbers[c] = new double[PART];
      } else {
        words[c] = new String[PART];
      }
    }
    long[] lines = new long[PART];
    int size = 0;
    try {
      while (size < PART && reader.next(row)) {
        var problem = row.problem().isEmpty() ? parse(size, numbers, words) : row.problem();
        if (problem.isEmpty()) {
          lines[size++] = row.line();
        } else {
          bad.add(name, row.line(), problem);
        }
      }
    } catch (IOException e) {
      throw DataException.of(Path.of(name), "read", e);
    }
    return part(numbers, words, lines, size);
  }

  private Table part(double[][] numbers, String[][] words, long[] lines, int size) {
    List<Cells> cells = new ArrayList<>();
    for (int c = 0; c < types.length; c++) {
      cells.add(
          types[c].isNumber()
              ? new Cells.Numbers(size == PART ? numbers[c] : Arrays.copyOf(numbers[c], size))
              : new Cells.Words(size == PART ? words[c] : Arrays.copyOf(words[c], size)));
    }
    return new Table(name, schema, cells, size == PART ? lines : Arrays.copyOf(lines, size));
  }

  /** Puts a row's cells into place; what is wrong with them, or nothing. */
  private String parse(int to, double[][] numbers, String[][] words) {
    if (row.size() != types.length) {
      return "it has %d cells, and there are %d columns".formatted(row.size(), types.length);
    }
    for (int c = 0; c < types.length; c++) {
      int start = row.start(c);
      int end = row.end(c);
      switch (types[c]) {
        case NUMERIC -> {
          double value = start >= end ? Double.NaN : Numbers.parse(row.chars(), start, end);
          if (Double.isNaN(value) && isPresent(c)) {
            return wrong(c, "number");
          }
          numbers[c][to] = value;
        }
        case TIME -> {
          double value = Times.parse(row.text(c));
          if (Double.isNaN(value) && isPresent(c)) {
            return wrong(c, "time");
          }
          numbers[c][to] = value;
        }
        case CATEGORY, TEXT -> {
          var word = caches[c].word(row.chars(), start, Math.max(start, end));
          if (word.indexOf(TextInput.UNDECODED) >= 0) {
            return undecoded(c);
          }
          words[c][to] = missing.contains(word) ? "" : word;
        }
      }
    }
    return "";
  }

  private boolean isPresent(int column) {
    var text = row.text(column);
    return !text.isEmpty() && !missing.contains(text);
  }

  private String wrong(int column, String wanted) {
    var text = row.text(column);
    if (text.indexOf(TextInput.UNDECODED) >= 0) {
      return undecoded(column);
    }
    return "column `%s`: `%s` is no %s"
        .formatted(
            schema.fields().get(column).name(),
            text.length() > 40 ? text.substring(0, 40) + "…" : text,
            wanted);
  }

  private String undecoded(int column) {
    return "column `%s`: these bytes are no text in the file's encoding; name the right one, such as `encoding: windows-1252`"
        .formatted(schema.fields().get(column).name());
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw DataException.of(Path.of(name), "read", e);
    }
  }
}
