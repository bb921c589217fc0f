package dev.merapi.table;

import dev.merapi.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The attribute-relation file format of Weka: columns are declared with their types, {@code ?} is a
 * missing cell, and sparse rows {@code {1 X, 3 Y}} are understood.
 *
 * <p>A word that a nominal attribute does not declare makes its row a bad one.
 */
record ArffSource(TextInput text) implements TextSource {
  @Override
  public RawReader open() throws IOException {
    var reader = new BufferedReader(text.open(), 1 << 16);
    try {
      return new Rows(name(), reader);
    } catch (IOException | DataException e) {
      reader.close();
      throw e;
    }
  }

  private static final class Rows implements RawReader {
    private final BufferedReader reader;
    private final Map<String, ColumnType> declared = new LinkedHashMap<>();
    private final List<Set<String>> words = new ArrayList<>(); // empty: any
    private final List<String> columns;
    private long line;

    Rows(String name, BufferedReader reader) throws IOException {
      this.reader = reader;
      for (var text = content(); ; text = content()) {
        if (text.isEmpty()) {
          throw new DataException(name + ": it ends before its @data; give a whole ARFF file");
        }
        var keyword = text.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        if (keyword.equals("@data")) {
          break;
        }
        switch (keyword) {
          case "@attribute" -> declare(name, text.substring(keyword.length()).strip());
          case "@relation" -> {}
          default ->
              throw new DataException(
                  "%s: line %d: `%s` is none of @relation, @attribute and @data; mend the line"
                      .formatted(name, line, keyword));
        }
      }
      columns = List.copyOf(declared.keySet());
    }

    /** The next line that is neither empty nor a comment; empty at the end. */
    private String content() throws IOException {
      for (var text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        var stripped = text.strip();
        if (!stripped.isEmpty() && !stripped.startsWith("%")) {
          return stripped;
        }
      }
      return "";
    }

    private void declare(String name, String text) {
      char quote = text.isEmpty() ? ' ' : text.charAt(0);
      boolean quoted = quote == '\'' || quote == '"';
      int end = quoted ? text.indexOf(quote, 1) : firstSpace(text);
      if (end < 0) {
        throw new DataException(
            "%s: line %d: the attribute has no type; write @attribute NAME TYPE"
                .formatted(name, line));
      }
      var column = text.substring(quoted ? 1 : 0, end);
      var type = text.substring(quoted ? end + 1 : end).strip();
      var values = Set.<String>of();
      if (type.startsWith("{")) {
        var row = new RawRow();
        int close = type.lastIndexOf('}');
        cells(type.substring(1, close < 0 ? type.length() : close), row);
        values = new LinkedHashSet<>(texts(row));
      }
      if (declared.put(column, type(name, type)) != null) {
        throw new DataException(
            "%s: line %d: there are two attributes `%s`; give each a name of its own"
                .formatted(name, line, column));
      }
      words.add(values);
    }

    private static int firstSpace(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (Character.isWhitespace(text.charAt(i)) || text.charAt(i) == '{') {
          return i;
        }
      }
      return -1;
    }

    private ColumnType type(String name, String type) {
      return switch (type.split("[\\s{]", 2)[0].toLowerCase(Locale.ROOT)) {
        case "" -> ColumnType.CATEGORY;
        case "numeric", "real", "integer" -> ColumnType.NUMERIC;
        case "string" -> ColumnType.TEXT;
        case "date" -> ColumnType.TIME;
        default ->
            throw new DataException(
                "%s: line %d: `%s` is no type of ARFF that a table can hold; there are numeric, nominal, string and date"
                    .formatted(name, line, type));
      };
    }

    private static List<String> texts(RawRow row) {
      List<String> texts = new ArrayList<>();
      for (int c = 0; c < row.size(); c++) {
        texts.add(row.text(c));
      }
      return texts;
    }

    @Override
    public List<String> columns() {
      return columns;
    }

    @Override
    public Map<String, ColumnType> declared() {
      return declared;
    }

    @Override
    public boolean next(RawRow row) throws IOException {
      var text = content();
      if (text.isEmpty()) {
        return false;
      }
      row.begin(line);
      if (text.startsWith("{") && text.endsWith("}")) {
        sparse(text.substring(1, text.length() - 1), row);
      } else {
        cells(text, row);
      }
      for (int c = 0; c < Math.min(row.size(), words.size()); c++) {
        var word = row.text(c);
        if (!words.get(c).isEmpty() && !word.equals("?") && !words.get(c).contains(word)) {
          row.fail(
              "column `%s`: `%s` is none of its declared words".formatted(columns.get(c), word));
        }
      }
      return true;
    }

    /** Splits at commas that are in no quotes; a backslash takes the next character as it is. */
    private static void cells(String text, RawRow row) {
      var cell = new StringBuilder();
      char quote = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\' && i + 1 < text.length()) {
          cell.append(text.charAt(++i));
        } else if (quote != 0) {
          if (c == quote) {
            quote = 0;
          } else {
            cell.append(c);
          }
        } else if ((c == '\'' || c == '"') && cell.toString().isBlank()) {
          quote = c;
        } else if (c == ',') {
          row.add(cell.toString().strip());
          cell.setLength(0);
        } else {
          cell.append(c);
        }
      }
      row.add(cell.toString().strip());
    }

    /** Cells that are named by their places, from 0; the others are 0 or the first word. */
    private void sparse(String text, RawRow row) {
      var given = new RawRow();
      given.begin(line);
      if (!text.isBlank()) {
        cells(text, given);
      }
      String[] cells = new String[columns.size()];
      for (int c = 0; c < cells.length; c++) {
        cells[c] = words.get(c).isEmpty() ? "0" : words.get(c).iterator().next();
      }
      for (var entry : texts(given)) {
        var parts = entry.strip().split("\\s+", 2);
        try {
          cells[Integer.parseInt(parts[0])] = parts[1];
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException _) {
          row.fail("`%s` is no place and value of a sparse row".formatted(entry));
        }
      }
      for (var cell : cells) {
        row.add(cell);
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
