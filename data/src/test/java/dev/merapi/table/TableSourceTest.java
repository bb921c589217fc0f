package dev.merapi.table;

import static dev.merapi.table.ColumnType.CATEGORY;
import static dev.merapi.table.ColumnType.NUMERIC;
import static dev.merapi.table.ColumnType.TEXT;
import static dev.merapi.table.ColumnType.TIME;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.merapi.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TableSourceTest {
  private static final String PEOPLE =
      """
      name,age,born,colour
      Ann,31,1990-02-03,red
      "Bob, Jr.",?,1991-03-04,blue
      Cleo,45.5,,red
      """;

  @TempDir Path folder;

  private static Table csv(String text) {
    return TableSource.of("people.csv", text, ReadOptions.DEFAULT).read(BadRows.fail());
  }

  private static String error(String name, String text) {
    return assertThrows(
            DataException.class,
            () -> TableSource.of(name, text, ReadOptions.DEFAULT).read(BadRows.fail()))
        .getMessage();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void readsNamesTypesAndCells() {
    var people = csv(PEOPLE);
    assertEquals(
        List.of(
            new Field("name", CATEGORY),
            new Field("age", NUMERIC),
            new Field("born", TIME),
            new Field("colour", CATEGORY)),
        people.schema().fields());
    assertEquals(3, people.size());
    assertEquals(List.of("Ann", "Bob, Jr.", "Cleo"), people.words("name"));
    assertArrayEquals(new double[] {31, Double.NaN, 45.5}, people.numbers("age"));
    assertEquals(634_003_200, people.numbers("born")[0]);
    assertTrue(people.isMissing(2, "born"));
    assertEquals("people.csv: line 4", people.place(2));
  }

  @Test
  void manyDifferentWordsAreText() {
    var rows =
        IntStream.range(0, 50)
            .mapToObj(i -> "w" + i + ",c" + i % 3)
            .collect(Collectors.joining("\n"));
    var schema = TableSource.of("a.csv", "text,class\n" + rows, ReadOptions.DEFAULT).schema();
    assertEquals(List.of(TEXT, CATEGORY), schema.fields().stream().map(Field::type).toList());
    var told =
        TableSource.of("a.csv", "text,class\n" + rows, ReadOptions.DEFAULT.type("text", CATEGORY));
    assertEquals(CATEGORY, told.schema().type("text"));
  }

  @Test
  void aFewWordsAmongNumbersAreMistakes() {
    var rows = IntStream.range(0, 95).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
    var five = "\na\nb\nc\nd\ne\n";
    assertEquals(
        NUMERIC,
        TableSource.of("a.csv", "n\n" + rows + five, ReadOptions.DEFAULT).schema().type("n"));
    assertEquals(
        TEXT,
        TableSource.of("a.csv", "n\n" + rows + five + "f\n", ReadOptions.DEFAULT)
            .schema()
            .type("n"));
  }

  @Test
  void theHeaderMayBeAbsent() {
    var table = csv("1,2,x\n3,4,y\n");
    assertEquals(List.of("c1", "c2", "c3"), table.schema().names());
    assertArrayEquals(new double[] {1, 3}, table.numbers("c1"));
    assertEquals("people.csv: line 1", table.place(0));
    var names = ReadOptions.DEFAULT.header(ReadOptions.Header.YES);
    assertEquals(1, TableSource.of("a.csv", "1,2\n3,4\n", names).read(BadRows.fail()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void theDelimiterIsGuessed(String between) {
    var table = csv("a%sb%sc\n1%s2%s3\n".replace("%s", between));
    assertEquals(List.of("a", "b", "c"), table.schema().names());
    assertArrayEquals(new double[] {3}, table.numbers("c"));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws IOException {
    for (var encoding : List.of("UTF-8", "UTF-16LE", "UTF-16BE")) {
      var bytes = "\uFEFFname,größe\nÄnne,1\n".getBytes(Charset.forName(encoding));
      var table =
          TableSource.of(file(encoding + ".csv", bytes), ReadOptions.DEFAULT).read(BadRows.fail());
      assertEquals(List.of("name", "größe"), table.schema().names(), encoding);
      assertEquals(List.of("Änne"), table.words("name"), encoding);
    }
  }

  @Test
  void gzippedFilesAreRead() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(PEOPLE.getBytes(StandardCharsets.UTF_8));
    }
    var source = TableSource.of(file("people.csv.gz", bytes.toByteArray()), ReadOptions.DEFAULT);
    assertEquals(csv(PEOPLE).fingerprint(), source.read(BadRows.fail()).fingerprint());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b\\n1,2\\n3\\n | line 3: it has 1 cells, and there are 2 columns",
        "a,b\\n1,2\\n3,4,5\\n | line 3: it has 3 cells, and there are 2 columns",
        "a,a\\n1,2\\n | the columns 1 and 2 are both called `a`",
        "a,b\\n1,\"x\\ny\\n | line 2: a cell has no end",
      })
  void raggedRowsAreTold(String text, String message) {
    var told = error("a.csv", text.replace("\\n", "\n"));
    assertTrue(told.contains(message), told);
  }

  @Test
  void aWordAmongNumbersIsToldWithItsRow() {
    var rows =
        IntStream.range(0, TableSource.SAMPLE)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("\n"));
    var told = error("a.csv", "n\n" + rows + "\ntwelve\n");
    assertTrue(
        told.startsWith("a.csv: line 10002: column `n`: `twelve` is no number; mend the row"),
        told);
  }

  @Test
  void badRowsCanBeLeftOutCountedAndListed() {
    var text = new StringBuilder("a,b\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i % 100 == 99 ? (i % 200 == 99 ? "1\n" : "x,2\n") : i + ",2\n");
    }
    var bad = BadRows.skip();
    var source =
        TableSource.of("a.csv", text.toString(), ReadOptions.DEFAULT.type("a", ColumnType.NUMERIC));
    assertEquals(19_800, source.read(bad).size());
    assertEquals(200, bad.count());
    assertEquals(200, bad.listed().size());
    assertEquals("line 101: it has 1 cells, and there are 2 columns", bad.lines().getFirst());
    assertEquals("line 201: column `a`: `x` is no number", bad.lines().get(1));
    assertTrue(bad.summary("a.csv").endsWith("; and 197 more"), bad.summary("a.csv"));
  }

  @Test
  void bytesThatAreNoTextAreTold() throws IOException {
    var mixed = new ByteArrayOutputStream();
    mixed.write("name,n\nÄnne,1\n".getBytes(StandardCharsets.UTF_8));
    mixed.write("Jürgen,2\n".getBytes(StandardCharsets.ISO_8859_1));
    var path = file("mixed.csv", mixed.toByteArray());
    var told =
        assertThrows(
                DataException.class,
                () -> TableSource.of(path, ReadOptions.DEFAULT).read(BadRows.fail()))
            .getMessage();
    assertTrue(told.contains("mixed.csv: line 3: column `name`: these bytes are no text"), told);
    assertEquals(1, TableSource.of(path, ReadOptions.DEFAULT).read(BadRows.skip()).size());
    var latin = file("latin.csv", "name\nJürgen\n".getBytes(Charset.forName("windows-1252")));
    var read =
        TableSource.of(latin, ReadOptions.DEFAULT.encoding("windows-1252")).read(BadRows.fail());
    assertEquals(List.of("Jürgen"), read.words("name"));
    assertThrows(DataException.class, () -> ReadOptions.DEFAULT.encoding("utf-9"));
  }

  @Test
  void emptyAndUnreadableFilesAreTold() throws IOException {
    assertTrue(error("a.csv", "").contains("a.csv: the file is empty"));
    assertTrue(error("a.jsonl", "\n").contains("a.jsonl: there is no JSON object"));
    assertTrue(error("a.arff", "% nothing\n").contains("a.arff: it ends before its @data"));
    assertTrue(error("a.xlsx", "x").contains("a.xlsx: its name does not say what it holds"));
    for (var wrong : List.of(folder.resolve("none.csv"), folder)) {
      var told =
          assertThrows(DataException.class, () -> TableSource.of(wrong, ReadOptions.DEFAULT));
      assertTrue(told.getMessage().startsWith(wrong.toString()), told.getMessage());
    }
    var secret = file("secret.csv", PEOPLE.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(secret), "root reads everything");
    assertThrows(DataException.class, () -> TableSource.of(secret, ReadOptions.DEFAULT));
  }

  @Test
  void jsonLinesAreRead() {
    var text =
        """
        {"name": "Ann", "age": 31, "good": true}

        {"age": 1.5e1, "name": "Bob", "note": null}
        """;
    var table = TableSource.of("a.jsonl", text, ReadOptions.DEFAULT).read(BadRows.fail());
    assertEquals(List.of("name", "age", "good", "note"), table.schema().names());
    assertArrayEquals(new double[] {31, 15}, table.numbers("age"));
    assertEquals(List.of("true", ""), table.words("good"));
    assertEquals("a.jsonl: line 3", table.place(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": | this is no JSON object",
        "[1] | this is no JSON object",
        "{\"a\": [1]} | column 'a' holds an object or a list",
        "{\"a\": \"x\"} | column 'a': 'x' is no number",
      })
  void badJsonLinesAreTold(String line, String message) {
    var bad = BadRows.skip();
    var options = ReadOptions.DEFAULT.type("a", NUMERIC);
    assertEquals(1, TableSource.of("a.jsonl", "{\"a\": 1}\n" + line, options).read(bad).size());
    assertTrue(bad.lines().getFirst().replace('`', '\'').contains(message), bad.lines().toString());
  }

  @Test
  void arffIsRead() {
    var text =
        """
        % a comment
        @RELATION 'things'
        @attribute 'the size' REAL
        @ATTRIBUTE colour {red,'dark blue', "it''s"}
        @attribute made DATE
        @attribute note string
        @data
        1.5, red, 2020-01-01, 'it\\'s good'
        ?, 'dark blue', ?, ?
        {0 7, 1 'dark blue'}
        """;
    var table = TableSource.of("a.arff", text, ReadOptions.DEFAULT).read(BadRows.skip());
    assertEquals(
        List.of(NUMERIC, CATEGORY, TIME, TEXT),
        table.schema().fields().stream().map(Field::type).toList());
    assertArrayEquals(new double[] {1.5, Double.NaN}, table.numbers("the size"));
    assertEquals(List.of("red", "dark blue"), table.words("colour"));
    assertEquals(List.of("it's good", ""), table.words("note"));
    assertEquals("a.arff: line 8", table.place(0));
  }

  @Test
  void sparseRowsAndUndeclaredWordsOfArff() {
    var text =
        "@relation r\n@attribute n numeric\n@attribute c {x,y}\n@data\n{}\n{0 3,1 y}\n1,z\n{5 1}\n";
    var bad = BadRows.skip();
    var table = TableSource.of("a.arff", text, ReadOptions.DEFAULT).read(bad);
    assertArrayEquals(new double[] {0, 3}, table.numbers("n"));
    assertEquals(List.of("x", "y"), table.words("c"));
    assertEquals(
        List.of(
            "line 7: column `c`: `z` is none of its declared words",
            "line 8: `5 1` is no place and value of a sparse row"),
        bad.lines());
  }

  @Test
  void aFingerprintNamesTheBytes() throws IOException {
    var a =
        TableSource.of(file("a.csv", PEOPLE.getBytes(StandardCharsets.UTF_8)), ReadOptions.DEFAULT);
    var b =
        TableSource.of(file("b.csv", PEOPLE.getBytes(StandardCharsets.UTF_8)), ReadOptions.DEFAULT);
    var c =
        TableSource.of(
            file("c.csv", (PEOPLE + "D,1,,red\n").getBytes(StandardCharsets.UTF_8)),
            ReadOptions.DEFAULT);
    assertEquals(a.fingerprint(), b.fingerprint());
    assertNotEquals(a.fingerprint(), c.fingerprint());
    assertNotEquals(a.read(BadRows.fail()).fingerprint(), c.read(BadRows.fail()).fingerprint());
  }

  @Test
  void aTableIsReadInParts() {
    int rows = TableReader.PART + 10;
    var text =
        IntStream.range(0, rows)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("\n", "n\n", "\n"));
    var source = TableSource.of("n.csv", text, ReadOptions.DEFAULT);
    try (var reader = source.open(BadRows.fail())) {
      assertEquals(TableReader.PART, reader.next().size());
      var second = reader.next();
      assertEquals(10, second.size());
      assertEquals(TableReader.PART, second.numbers("n")[0]);
      assertEquals(0, reader.next().size());
    }
    assertEquals(rows - 1, source.read(BadRows.fail()).numbers("n")[rows - 1]);
  }
}
