package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.table.BadRows;
import dev.merapi.table.ColumnType;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.TableSource;
import dev.merapi.table.TableSummary;
import dev.merapi.table.TableSummary.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes a first recipe for somebody's table: one that works, and says what can be changed. */
public final class TableStarter {
  private static final int FEW_CLASSES = 20;
  private static final int WINDOW = 12;
  private static final String DUCKDB = "jdbc:duckdb:";

  private final String name;
  private final List<String> source; // lines of the recipe that say what is read
  private final TableSummary summary;

  /** What is to be learned from a table. */
  public enum Task {
    CLASSIFICATION,
    REGRESSION,
    TIME_SERIES
  }

  private TableStarter(String name, List<String> source, TableSummary summary) {
    this.name = name;
    this.source = source;
    this.summary = summary;
  }

  /**
   * Looks at a table in a file.
   *
   * @throws DataException if it cannot be read
   */
  public static TableStarter of(Path file) {
    var path = file.toAbsolutePath().normalize().toString();
    return of(
        file.getFileName().toString(),
        List.of("source: " + quoted(path)),
        TableSource.of(file, ReadOptions.DEFAULT));
  }

  /**
   * Looks at what a query gives.
   *
   * @param connection the JDBC address of the database; by default DuckDB in memory
   * @throws DataException if there is no driver for it, or the query is wrong
   */
  public static TableStarter query(String sql, Optional<String> connection) {
    var lines = new ArrayList<String>();
    lines.add("query: " + quoted(sql));
    connection.ifPresent(url -> lines.add("connection: " + quoted(url)));
    return of(
        "a query", lines, TableSource.query(connection.orElse(DUCKDB), sql, ReadOptions.DEFAULT));
  }

  private static TableStarter of(String name, List<String> lines, TableSource source) {
    var summary = TableSummary.of(source, BadRows.skip());
    if (summary.rows() == 0) {
      throw new DataException(name + ": there are no rows in it; give a table with some");
    }
    return new TableStarter(name, lines, summary);
  }

  /** The names of the columns. */
  public List<String> columns() {
    return summary.columns().stream().map(column -> column.field().name()).toList();
  }

  /** What is probably to be predicted: the last column. */
  public String target() {
    return columns().getLast();
  }

  /** What is probably to be learned of a column: few whole numbers are classes, too. */
  public Task task(String target) {
    var column = column(target);
    boolean isClass =
        column.field().type() == ColumnType.CATEGORY
            || (column.whole() && column.distinct() <= FEW_CLASSES);
    return isClass ? Task.CLASSIFICATION : Task.REGRESSION;
  }

  private Column column(String name) {
    return summary.columns().stream()
        .filter(column -> column.field().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "%s: there is no column `%s`%s (there are %s)"
                        .formatted(
                            this.name,
                            name,
                            dev.merapi.data.Nearest.hint(name, columns()),
                            String.join(", ", columns()))));
  }

  /**
   * The text of a recipe.
   *
   * @param name of the recipe
   * @throws DataException if the task does not fit the target
   */
  public String recipe(String name, String target, Task task) {
    var wanted = column(target).field().type();
    if (task == Task.CLASSIFICATION
        ? wanted == ColumnType.TEXT || wanted == ColumnType.TIME
        : wanted != ColumnType.NUMERIC) {
      throw new DataException(
          "%s: the target %s fits no %s; choose another column, or another task"
              .formatted(this.name, column(target).field(), Settings.word(task)));
    }
    var text = new StringBuilder();
    text.append(
        "# Made by merapi init. `./merapi recipes show FILE --full` prints every setting.\n");
    line(text, "kind: training");
    line(text, "name: " + name);
    line(text, "summary: " + quoted("predicts " + target + " from " + this.name));
    line(text, "data:");
    line(text, "  kind: table");
    source.forEach(each -> line(text, "  " + each));
    line(text, "  target: " + quoted(target));
    var unused = names(c -> isUnused(c) && !c.field().name().equals(target));
    if (task == Task.TIME_SERIES) {
      line(text, "  features: [%s] # columns of the past".formatted(quoted(target)));
    } else if (!unused.isEmpty()) {
      line(text, "  exclude: %s # texts and times".formatted(list(unused)));
    }
    if (task == Task.CLASSIFICATION && wanted == ColumnType.NUMERIC) {
      line(text, "  types: {%s: category} # few whole numbers: classes".formatted(quoted(target)));
    }
    line(text, "  split: " + split(task));
    text.append(preparation(target, task, unused));
    text.append(training(task));
    return text.toString();
  }

  private String split(Task task) {
    return switch (task) {
      case CLASSIFICATION -> "{kind: stratified, validation: 0.1, test: 0.2}";
      case REGRESSION -> "{kind: random, validation: 0.1, test: 0.2}";
      case TIME_SERIES -> {
        var time =
            summary.columns().stream()
                .map(Column::field)
                .filter(field -> field.type() == ColumnType.TIME)
                .findFirst();
        yield "{kind: time, %svalidation: 0.1, test: 0.2}"
            .formatted(time.map(field -> "column: " + quoted(field.name()) + ", ").orElse(""));
      }
    };
  }

  private String preparation(String target, Task task, List<String> unused) {
    Predicate<Column> isFeature =
        c -> !c.field().name().equals(target) && !unused.contains(c.field().name());
    var text = new StringBuilder("preparation:\n");
    var own = "[" + quoted(target) + "]";
    if (task == Task.TIME_SERIES) {
      line(text, "  - {kind: missing, with: median, columns: %s}".formatted(own));
      line(text, "  - {kind: standardise, columns: %s}".formatted(own));
      line(
          text,
          "  - {kind: windows, length: %d, horizon: 1} # so many rows tell the next"
              .formatted(WINDOW));
      return text.toString();
    }
    if (column(target).missing() > 0) {
      line(text, "  - {kind: missing, with: drop, columns: %s}".formatted(own));
    }
    var gaps = names(isFeature.and(c -> c.missing() > 0 && c.field().type() == ColumnType.NUMERIC));
    if (!gaps.isEmpty()) {
      line(text, "  - {kind: missing, with: median, columns: %s}".formatted(list(gaps)));
    }
    line(text, "  - {kind: standardise} # numbers");
    if (!names(isFeature.and(c -> c.field().type() == ColumnType.CATEGORY)).isEmpty()) {
      line(text, "  - {kind: one-hot} # categories");
    }
    if (task == Task.REGRESSION) {
      line(text, "  - {kind: standardise, columns: %s} # undone in predictions".formatted(own));
    }
    return text.toString();
  }

  private String training(Task task) {
    boolean classifies = task == Task.CLASSIFICATION;
    return """
    model:
      kind: mlp
      hidden: [64, 64]
      dropout: 0.1
    training:
      epochs: 50
      batch: %d
      loss: %s
      optimizer: {kind: adamw, learning_rate: 0.003}
      schedule: {kind: cosine}
    %s\
    """
        .formatted(
            summary.rows() < 2000 ? 16 : 128,
            classifies ? "cross-entropy" : "mse",
            classifies ? "evaluation:\n  metrics: [accuracy]\n" : "");
  }

  private static boolean isUnused(Column column) {
    return column.field().type() == ColumnType.TEXT || column.field().type() == ColumnType.TIME;
  }

  private List<String> names(Predicate<Column> wanted) {
    List<String> names = new ArrayList<>();
    summary.columns().stream().filter(wanted).forEach(column -> names.add(column.field().name()));
    return names;
  }

  private static String list(List<String> names) {
    return names.stream().map(TableStarter::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** As YAML, in quotes where it is not plainly a word. */
  static String quoted(String text) {
    return text.matches("[A-Za-z_/][A-Za-z0-9_./-]*") && !text.matches("true|false|null")
        ? text
        : "'" + text.replace("'", "''") + "'";
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  /** A name for the recipe of a file: letters, digits and hyphens. */
  public static String name(Path file) {
    var plain =
        file.getFileName()
            .toString()
            .replaceFirst("\\..*$", "")
            .replaceAll("[^A-Za-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return Optional.of(plain).filter(name -> !name.isEmpty()).orElse("table");
  }
}
