package dev.merapi.watch;

import dev.merapi.table.Databases;
import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs as tables of SQL, by DuckDB over their files: {@code runs} has a row for each run, with its
 * settings, surroundings and last values; {@code metrics} has all lines of all {@code
 * metrics.jsonl}, with the run's name in {@code run}.
 */
public final class RunSql {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The answer to a query. */
  public record Rows(List<String> columns, List<List<Object>> rows) {}

  private RunSql() {}

  /**
   * Asks.
   *
   * @throws MerapiException if DuckDB is not here, or the query is wrong
   */
  public static Rows query(List<RunRecord> runs, String sql) {
    try (var connection = Databases.connect(Databases.DUCKDB)) {
      define(connection, runs);
      try (var statement = connection.createStatement();
          var found = statement.executeQuery(sql)) {
        var columns = new ArrayList<String>();
        for (int c = 1; c <= found.getMetaData().getColumnCount(); c++) {
          columns.add(found.getMetaData().getColumnLabel(c));
        }
        var rows = new ArrayList<List<Object>>();
        while (found.next()) {
          var row = new ArrayList<Object>();
          for (int c = 1; c <= columns.size(); c++) {
            row.add(found.getObject(c));
          }
          rows.add(row);
        }
        return new Rows(columns, rows);
      }
    } catch (SQLException e) {
      throw new MerapiException(
          "SQL: %s; the tables are runs and metrics (try DESCRIBE runs)"
              .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason")),
          e);
    }
  }

  private static void define(Connection connection, List<RunRecord> runs) throws SQLException {
    var file = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      file = Files.createTempFile("merapi-runs", ".jsonl");
      try {
        Files.writeString(
            file,
            runs.stream()
                .map(run -> JSON.writeValueAsString(row(run)) + "\n")
                .collect(Collectors.joining()));
        execute(
            connection,
            "CREATE TABLE runs AS SELECT * FROM read_json(%s, format = 'newline_delimited',"
                    .formatted(quoted(file))
                + " sample_size = -1, maximum_object_size = 67108864)");
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new MerapiException(
          "%s: cannot be written (%s); set -Djava.io.tmpdir to a folder that can"
              .formatted(file, e.getMessage()),
          e);
    }
    var metrics =
        runs.stream()
            .map(run -> run.path().resolve("metrics.jsonl"))
            .filter(RunSql::hasLines)
            .toList();
    execute(
        connection,
        metrics.isEmpty()
            ? "CREATE TABLE metrics(run VARCHAR, step BIGINT)"
            : "CREATE VIEW metrics AS SELECT parse_filename(parse_dirpath(filename)) AS run, *"
                + " EXCLUDE (filename) FROM read_json([%s], format = 'newline_delimited',"
                    .formatted(
                        metrics.stream().map(RunSql::quoted).collect(Collectors.joining(", ")))
                + " union_by_name = true, filename = true, ignore_errors = true)");
  }

  private static boolean hasLines(Path file) {
    try {
      return Files.size(file) > 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A path as text of SQL that means that file alone, and no pattern. */
  private static String quoted(Path file) {
    var literal = file.toString().replaceAll("[\\[*?]", "[$0]").replace("'", "''");
    return "'" + literal + "'";
  }

  private static Map<String, Object> row(RunRecord run) {
    var row = new LinkedHashMap<String, Object>();
    for (var key : List.of("name", "kind", "state", "recipe", "started", "steps")) {
      row.put(key, run.value(key).orElse(""));
    }
    row.put("tags", run.tags());
    run.settings().forEach((key, value) -> row.putIfAbsent(key, typed(value)));
    run.environment().forEach((key, value) -> row.putIfAbsent("env." + key, value));
    run.measured().forEach((key, value) -> row.putIfAbsent(key, value.last()));
    return row;
  }

  private static Object typed(String value) {
    try {
      return Double.valueOf(value);
    } catch (NumberFormatException _) {
      return value;
    }
  }
}
