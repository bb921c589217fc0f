package dev.merapi.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class GridTest {
  @Test
  void wordsStandLeftAndNumbersRight() {
    var grid = new Grid(1, "name", "ms");
    grid.add("a", "1.5");
    grid.add("longer", "10.25");
    assertEquals("name       ms\na         1.5\nlonger  10.25\n", grid.text());
    assertEquals("| name | ms |\n|---|---:|\n| a | 1.5 |\n| longer | 10.25 |\n", grid.markdown());
  }
}
