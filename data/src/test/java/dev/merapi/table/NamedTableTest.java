package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.data.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NamedTableTest {
  @TempDir Path folder;

  private Path locate(String source, Optional<Path> place) {
    return NamedTable.locate(
        source,
        place,
        Map.of(
            "MERAPI_DATA", folder.toString(), "MERAPI_CACHE", folder.resolve("cache").toString()),
        Progress.SILENT);
  }

  @Test
  void isFoundWhereTheDataAre() throws IOException {
    var months =
        Files.createDirectories(folder.resolve("timeseries")).resolve("airline-passengers.csv");
    var told = assertThrows(DataException.class, () -> locate("airline", Optional.empty()));
    assertTrue(
        told.getMessage().startsWith("airline: there is no airline-passengers.csv in "),
        told.getMessage());
    Files.writeString(months, "Date,Count");
    assertEquals(months, locate("airline", Optional.empty()));
    assertEquals(months, locate("airline", Optional.of(folder)));
    assertEquals(months, locate("airline", Optional.of(months.getParent())));
    assertEquals(
        folder.resolve("mine.csv"), locate("airline", Optional.of(folder.resolve("mine.csv"))));
  }

  @Test
  void isFoundGzippedToo() throws IOException {
    var letter =
        Files.writeString(
            Files.createDirectories(folder.resolve("tabular")).resolve("letter.arff.gz"), "");
    assertEquals(letter, locate("letter", Optional.empty()));
  }

  @Test
  void anythingElseIsAPath() throws IOException {
    var mine = Files.writeString(folder.resolve("mine.csv"), "a");
    assertEquals(mine, locate(mine.toString(), Optional.empty()));
    assertEquals(mine, locate("mine.csv", Optional.of(folder)));
    var near = assertThrows(DataException.class, () -> locate("irs", Optional.empty()));
    assertTrue(near.getMessage().contains("did you mean `iris`?"), near.getMessage());
    assertThrows(DataException.class, () -> locate("none.csv", Optional.of(folder)));
  }
}
