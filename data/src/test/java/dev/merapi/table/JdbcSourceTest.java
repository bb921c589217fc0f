package dev.merapi.table;

import static dev.merapi.table.ColumnType.CATEGORY;
import static dev.merapi.table.ColumnType.NUMERIC;
import static dev.merapi.table.ColumnType.TIME;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdbcSourceTest {
  private static final String PEOPLE =
      "SELECT * FROM (VALUES ('Ann', 31, DATE '1990-02-03', true, 1.5),"
          + " ('Bob', NULL, DATE '1991-03-04', false, -2e10)) people(name, age, born, good, x)";

  @TempDir Path folder;

  private static TableSource query(String sql) {
    return TableSource.query(Databases.DUCKDB, sql, ReadOptions.DEFAULT);
  }

  @Test
  void aQueryIsATable() {
    var people = query(PEOPLE).read(BadRows.fail());
    assertEquals(
        List.of(CATEGORY, NUMERIC, TIME, CATEGORY, NUMERIC),
        people.schema().fields().stream().map(Field::type).toList());
    assertArrayEquals(new double[] {31, Double.NaN}, people.numbers("age"));
    assertArrayEquals(new double[] {1.5, -2e10}, people.numbers("x"));
    assertEquals(List.of("true", "false"), people.words("good"));
    assertEquals("query: line 2", people.place(1));
    assertEquals(query(PEOPLE).fingerprint(), query(PEOPLE).fingerprint());
    assertNotEquals(query(PEOPLE).fingerprint(), query(PEOPLE + " WHERE age > 1").fingerprint());
  }

  @Test
  void parquetAndDatabasesAreRead() throws SQLException {
    var parquet = folder.resolve("it's.parquet");
    var database = "jdbc:duckdb:" + folder.resolve("people.db");
    try (var connection = DriverManager.getConnection(database);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE people AS " + PEOPLE);
      statement.execute(
          "COPY people TO '%s' (FORMAT parquet)".formatted(parquet.toString().replace("'", "''")));
    }
    var direct = query(PEOPLE).read(BadRows.fail()).fingerprint();
    assertEquals(
        direct, TableSource.of(parquet, ReadOptions.DEFAULT).read(BadRows.fail()).fingerprint());
    var table = TableSource.query(database, "SELECT * FROM people", ReadOptions.DEFAULT);
    assertEquals(direct, table.read(BadRows.fail()).fingerprint());
  }

  @Test
  void aCsvCanBeQueried() throws Exception {
    var csv = Files.writeString(folder.resolve("a.csv"), "n,kind\n1,a\n2,b\n3,a\n");
    var sums =
        query("SELECT kind, sum(n) AS total FROM '%s' GROUP BY kind ORDER BY kind".formatted(csv));
    assertArrayEquals(new double[] {4, 2}, sums.read(BadRows.fail()).numbers("total"));
  }

  @Test
  void mistakesAreToldInOneLine() {
    var wrong = assertThrows(DataException.class, () -> query("SELEC 1"));
    assertTrue(wrong.getMessage().startsWith("query: "), wrong.getMessage());
    assertEquals(1, wrong.getMessage().lines().count());
    var driver =
        assertThrows(
            DataException.class,
            () -> TableSource.query("jdbc:nobody:x", "SELECT 1", ReadOptions.DEFAULT));
    assertTrue(driver.getMessage().contains("give the driver with"), driver.getMessage());
  }
}
