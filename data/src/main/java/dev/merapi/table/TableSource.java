package dev.merapi.table;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A table that can be read: a file or a query, with the types of its columns. Reading begins anew
 * with each {@link #open}, and holds a part of the table at a time.
 *
 * {@snippet :
 * var source = TableSource.of(Path.of("flowers.csv"), ReadOptions.DEFAULT);
 * Table flowers = source.read(BadRows.fail());
 * }
 */
public final class TableSource {
  /** Rows that the types of the columns are guessed from. */
  static final int SAMPLE = 10_000;

  /** The share of numbers that makes a column one of numbers, and the other cells mistakes. */
  private static final double MOST = 0.95;

  private static final int MOST_CATEGORIES = 1000;
  private static final int FEW_CATEGORIES = 20;

  private final RawSource raw;
  private final ReadOptions options;
  private final Set<String> missing;
  private final Schema schema;
  private volatile String fingerprint; // null until somebody asks: it takes a pass over the bytes

  private TableSource(RawSource raw, ReadOptions options) {
    this.raw = raw;
    this.options = options;
    this.missing = Set.copyOf(options.missing());
    try (var reader = raw.open()) {
      this.schema = guess(reader);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * A file: {@code .csv}, {@code .tsv}, {@code .txt} or {@code .data} with values between commas or
   * the like, {@code .jsonl} or {@code .ndjson} with a JSON object a line, {@code .arff}; each of
   * them may be gzipped, with {@code .gz} behind it. And {@code .parquet} and {@code .arrow}, where
   * DuckDB's driver is.
   *
   * @throws DataException if the file cannot be read, or is of no such kind
   */
  public static TableSource of(Path file, ReadOptions options) {
    return new TableSource(raw(new TextInput.OfFile(file, options.encoding()), options), options);
  }

  /** A text in the form of a file of that name. */
  public static TableSource of(String name, String text, ReadOptions options) {
    return new TableSource(raw(new TextInput.OfText(name, text), options), options);
  }

  /**
   * What an SQL query gives.
   *
   * @param url a JDBC address; {@code jdbc:duckdb:} for queries of files
   * @throws DataException if there is no driver for it, or the query is wrong
   */
  public static TableSource query(String url, String sql, ReadOptions options) {
    return new TableSource(new JdbcSource(url, sql), options);
  }

  private static RawSource raw(TextInput text, ReadOptions options) {
    var name = text.name().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv", "tsv", "tab", "txt", "data" ->
          new CsvSource(text, options.delimiter(), options.header());
      case "jsonl", "ndjson" -> new JsonLinesSource(text);
      case "arff" -> new ArffSource(text);
      case "parquet", "arrow", "feather" ->
          new JdbcSource(
              Databases.DUCKDB, "SELECT * FROM '%s'".formatted(text.name().replace("'", "''")));
      default ->
          throw new DataException(
              text.name()
                  + ": its name does not say what it holds; give a file that ends with .csv, .tsv,"
                  + " .jsonl, .arff (or with .gz behind it) or .parquet");
    };
  }

  /** What it is called in messages. */
  public String name() {
    return raw.name();
  }

  /** The columns and their types: given, declared by the source, or guessed from its first rows. */
  public Schema schema() {
    return schema;
  }

  /** SHA-256 of the bytes of the file, or of what a query gives. */
  public String fingerprint() {
    if (fingerprint == null) {
      fingerprint = raw.fingerprint();
    }
    return fingerprint;
  }

  /** Begins to read, from the first row. */
  public TableReader open(BadRows bad) {
    try {
      return new TableReader(raw.name(), raw.open(), schema, missing, bad);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Reads all of it. */
  public Table read(BadRows bad) {
    List<Table> parts = new ArrayList<>();
    try (var reader = open(bad)) {
      for (var part = reader.next(); part.size() > 0; part = reader.next()) {
        parts.add(part);
      }
    }
    return Table.concat(name(), schema, parts);
  }

  private DataException failed(IOException e) {
    return DataException.of(Path.of(raw.name()), "read", e);
  }

  // ---- types

  private Schema guess(RawReader reader) throws IOException {
    var columns = reader.columns();
    Map<String, ColumnType> known = new LinkedHashMap<>(reader.declared());
    known.putAll(options.types());
    List<Sample> samples = columns.stream().map(_ -> new Sample()).toList();
    var row = new RawRow();
    for (int i = 0; i < SAMPLE && reader.next(row); i++) {
      for (int c = 0; c < columns.size() && row.size() == columns.size(); c++) {
        samples.get(c).add(row, c, missing);
      }
    }
    List<Field> fields = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      var name = columns.get(c);
      fields.add(new Field(name, known.getOrDefault(name, samples.get(c).type())));
    }
    return new Schema(fields);
  }

  /** What the first cells of a column look like. */
  private static final class Sample {
    private int cells;
    private int numbers;
    private int times;
    private final Set<String> words = new HashSet<>();

    void add(RawRow row, int column, Set<String> missing) {
      var text = row.text(column);
      if (text.isEmpty() || missing.contains(text)) {
        return;
      }
      cells++;
      if (!Double.isNaN(Numbers.parse(row.chars(), row.start(column), row.end(column)))) {
        numbers++;
      } else if (!Double.isNaN(Times.parse(text))) {
        times++;
      }
      if (words.size() <= MOST_CATEGORIES) {
        words.add(text);
      }
    }

    ColumnType type() {
      if (cells == 0) {
        return ColumnType.TEXT;
      }
      if (numbers >= MOST * cells) {
        return ColumnType.NUMERIC;
      }
      if (times >= MOST * cells) {
        return ColumnType.TIME;
      }
      boolean repeated = 2 * words.size() <= cells || words.size() <= FEW_CATEGORIES;
      return words.size() <= MOST_CATEGORIES && repeated ? ColumnType.CATEGORY : ColumnType.TEXT;
    }
  }
}
