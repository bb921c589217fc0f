package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a query gives, through JDBC. DuckDB reads files (CSV, Parquet, JSON) by SQL, {@code SELECT *
 * FROM 'homes.parquet'}; its driver, as any other, is looked for when it is needed.
 *
 * @param url the database: {@code jdbc:duckdb:} is an empty one in memory
 */
record JdbcSource(String url, String query) implements RawSource {
  private static final int FETCHED = 4096; // rows that a driver may bring at once

  @Override
  public String name() {
    return "query";
  }

  @Override
  public RawReader open() {
    var connection = Databases.connect(url);
    try {
      var statement = connection.createStatement();
      statement.setFetchSize(FETCHED);
      return new Rows(connection, statement.executeQuery(query));
    } catch (SQLException e) {
      close(connection, e);
      throw new DataException("query: %s; mend `query`".formatted(Databases.line(e)), e);
    }
  }

  private static void close(Connection connection, SQLException failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add(url).add(query);
    var row = new RawRow();
    try (var reader = open()) {
      reader.columns().forEach(sha::add);
      while (reader.next(row)) {
        for (int c = 0; c < row.size(); c++) {
          sha.add(row.text(c));
        }
      }
    } catch (IOException e) {
      throw new DataException("query: %s; run it again".formatted(e.getMessage()), e);
    }
    return sha.hex();
  }

  private static final class Rows implements RawReader {
    private final Connection connection;
    private final ResultSet rows;
    private final List<String> columns = new ArrayList<>();
    private final Map<String, ColumnType> declared = new LinkedHashMap<>();
    private long number;

    Rows(Connection connection, ResultSet rows) throws SQLException {
      this.connection = connection;
      this.rows = rows;
      var described = rows.getMetaData();
      for (int c = 1; c <= described.getColumnCount(); c++) {
        var name = described.getColumnLabel(c);
        columns.add(name);
        switch (described.getColumnType(c)) {
          case Types.TINYINT,
              Types.SMALLINT,
              Types.INTEGER,
              Types.BIGINT,
              Types.REAL,
              Types.FLOAT,
              Types.DOUBLE,
              Types.DECIMAL,
              Types.NUMERIC ->
              declared.put(name, ColumnType.NUMERIC);
          case Types.DATE, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
              declared.put(name, ColumnType.TIME);
          case Types.BOOLEAN, Types.BIT -> declared.put(name, ColumnType.CATEGORY);
          default -> {} // words: a category or a text, as they look
        }
      }
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
      try {
        if (!rows.next()) {
          return false;
        }
        row.begin(++number);
        for (int c = 1; c <= columns.size(); c++) {
          var cell = rows.getString(c);
          row.add(cell == null ? "" : cell);
        }
        return true;
      } catch (SQLException e) {
        throw new IOException(Databases.line(e), e);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        connection.close(); // and with it the statement and its rows
      } catch (SQLException e) {
        throw new IOException(Databases.line(e), e);
      }
    }
  }
}
