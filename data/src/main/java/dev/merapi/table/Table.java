package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Rows with the same columns, in memory, column by column: a whole table, or a part of one that is
 * read in parts. Immutable. A row remembers where it comes from, for messages.
 */
public final class Table {
  private final String source;
  private final Schema schema;
  private final List<Cells> cells;
  private final long[] lines;

  Table(String source, Schema schema, List<Cells> cells, long[] lines) {
    this.source = source;
    this.schema = schema;
    this.cells = List.copyOf(cells);
    this.lines = lines;
  }

  /** A table without columns. */
  public static Table ofRows(int rows) {
    return new Table(
        "table",
        new Schema(List.of()),
        List.of(),
        IntStream.rangeClosed(1, rows).asLongStream().toArray());
  }

  /** What the table is called in messages, such as its file. */
  public String source() {
    return source;
  }

  /** Its columns. */
  public Schema schema() {
    return schema;
  }

  /** The number of rows. */
  public int size() {
    return lines.length;
  }

  /** The line of a row in what it was read from; of a query the number of the row. From 1. */
  public long line(int row) {
    return lines[row];
  }

  /** Where a row comes from: {@code iris.csv: line 17}. */
  public String place(int row) {
    return source + ": line " + lines[row];
  }

  Cells cells(String column) {
    return cells.get(index(column));
  }

  /** The place of a column; an error names the table. */
  private int index(String column) {
    if (!schema.has(column)) {
      throw new DataException(source + ": " + schema.unknown(column));
    }
    return schema.index(column);
  }

  Cells cells(int column) {
    return cells.get(column);
  }

  /**
   * The numbers of a column, or the seconds of its times; NaN where one is missing.
   *
   * @throws DataException if there is no such column, or it holds words
   */
  public double[] numbers(String column) {
    return view(column).clone();
  }

  /** Like {@link #numbers}, not to be written to. */
  double[] view(String column) {
    return switch (cells(column)) {
      case Cells.Numbers(var values) -> values;
      case Cells.Words _ ->
          throw new DataException(
              "%s: column `%s` holds words, not numbers; encode it first"
                  .formatted(source, column));
    };
  }

  /**
   * The cells of a column as text; empty where one is missing.
   *
   * @throws DataException if there is no such column
   */
  public List<String> words(String column) {
    var found = cells(column);
    return IntStream.range(0, size()).mapToObj(found::text).toList();
  }

  /** Whether a cell holds nothing. */
  public boolean isMissing(int row, String column) {
    return cells(column).isMissing(row);
  }

  /** The rows of these places, in this order; a row may come more than once. */
  public Table select(int... rows) {
    if (rows.length == size() && IntStream.range(0, rows.length).allMatch(i -> rows[i] == i)) {
      return this;
    }
    return new Table(
        source,
        schema,
        cells.stream().map(each -> each.select(rows)).toList(),
        Arrays.stream(rows).mapToLong(row -> lines[row]).toArray());
  }

  /** With a column of numbers, instead of one of that name or behind the others. */
  public Table with(String name, double... values) {
    return with(new Field(name, ColumnType.NUMERIC), new Cells.Numbers(values.clone()));
  }

  /** With a column of words, instead of one of that name or behind the others. */
  public Table with(String name, ColumnType type, List<String> words) {
    return with(new Field(name, type), new Cells.Words(words.toArray(String[]::new)));
  }

  Table with(Field field, Cells values) {
    if (values.size() != size()) {
      throw new DataException(
          "%s: column `%s` has %d cells, but there are %d rows; give one for each"
              .formatted(source, field.name(), values.size(), size()));
    }
    var fields = new ArrayList<>(schema.fields());
    var columns = new ArrayList<>(cells);
    if (schema.has(field.name())) {
      fields.set(schema.index(field.name()), field);
      columns.set(schema.index(field.name()), values);
    } else {
      fields.add(field);
      columns.add(values);
    }
    return new Table(source, new Schema(fields), columns, lines);
  }

  /** With other columns in the place of one. */
  Table replacing(String column, List<Field> fields, List<Cells> values) {
    int at = schema.index(column);
    var newFields = new ArrayList<>(schema.fields());
    var newCells = new ArrayList<>(cells);
    newFields.remove(at);
    newCells.remove(at);
    newFields.addAll(at, fields);
    newCells.addAll(at, values);
    return new Table(source, new Schema(newFields), newCells, lines);
  }

  /**
   * Only these columns, in this order.
   *
   * @throws DataException if there is no such column
   */
  public Table only(List<String> columns) {
    var kept = columns.stream().map(this::index).toList();
    return new Table(
        source,
        new Schema(kept.stream().map(schema.fields()::get).toList()),
        kept.stream().map(cells::get).toList(),
        lines);
  }

  /** Without some columns. */
  Table without(Set<String> columns) {
    return only(schema.names().stream().filter(name -> !columns.contains(name)).toList());
  }

  /** The rows of several parts of a table, one after the other. */
  static Table concat(String source, Schema schema, List<Table> parts) {
    List<Cells> columns = new ArrayList<>();
    for (int c = 0; c < schema.size(); c++) {
      int column = c;
      columns.add(
          parts.isEmpty()
              ? schema.fields().get(c).type().isNumber()
                  ? new Cells.Numbers(new double[0])
                  : new Cells.Words(new String[0])
              : Cells.concat(parts.stream().map(part -> part.cells(column)).toList()));
    }
    long[] lines = parts.stream().flatMapToLong(part -> Arrays.stream(part.lines)).toArray();
    return new Table(source, schema, columns, lines);
  }

  /** SHA-256 of names, types and cells, as 64 hexadecimal digits. */
  public String fingerprint() {
    var sha = new Sha256();
    for (int c = 0; c < schema.size(); c++) {
      sha.add(schema.fields().get(c).toString());
      for (int row = 0; row < size(); row++) {
        sha.add(cells.get(c).text(row));
      }
    }
    return sha.hex();
  }
}
