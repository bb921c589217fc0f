package dev.merapi.table;

import dev.merapi.data.DataException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Connections to databases, by whatever driver of JDBC is there. */
public final class Databases {
  /** A database in memory, for queries of files. */
  public static final String DUCKDB = "jdbc:duckdb:";

  private Databases() {}

  /**
   * Connects to a database.
   *
   * @param url its address in JDBC
   * @throws DataException if there is no driver, or it cannot connect; the message says what to do
   */
  public static Connection connect(String url) {
    try {
      return DriverManager.getConnection(url);
    } catch (SQLException e) {
      throw new DataException(
          url.startsWith(DUCKDB) && DriverManager.drivers().noneMatch(each -> accepts(each, url))
              ? "tables of Parquet and Arrow, and queries, are read by DuckDB, which is not here;"
                  + " get duckdb_jdbc (org.duckdb on Maven Central) and start with"
                  + " MERAPI_JAVA_OPTS='--class-path duckdb_jdbc.jar'"
              : "%s: cannot connect (%s); check `connection`, and give the driver with MERAPI_JAVA_OPTS='--class-path DRIVER.jar'"
                  .formatted(url, line(e)),
          e);
    }
  }

  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException _) {
      return false;
    }
  }

  /** What an error says, in a line. */
  static String line(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason").strip();
  }
}
