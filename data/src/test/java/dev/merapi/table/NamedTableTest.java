package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
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
    return NamedTable.locate(source, place, Map.of("MERAPI_DATA", folder.toString()));
  }

  @Test
  void isFoundWhereTheDataAre() throws IOException {
    var iris = Files.createDirectories(folder.resolve("tabular")).resolve("iris.arff");
    var told = assertThrows(DataException.class, () -> locate("iris", Optional.empty()));
    assertTrue(told.getMessage().startsWith("iris: there is no iris.arff in "), told.getMessage());
    Files.writeString(iris, "@data");
    assertEquals(iris, locate("iris", Optional.empty()));
    assertEquals(iris, locate("iris", Optional.of(folder)));
    assertEquals(iris, locate("iris", Optional.of(iris.getParent())));
    assertEquals(
        folder.resolve("mine.csv"), locate("iris", Optional.of(folder.resolve("mine.csv"))));
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

  @Test
  void namesAreWrittenAsInRecipes() {
    assertEquals("california-housing", NamedTable.CALIFORNIA_HOUSING.word());
    assertEquals(Optional.of(NamedTable.DNA_SPLICE), NamedTable.find("dna-splice"));
  }
}
