package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SplitTest {
  private static final Key KEY = Key.of(7);
  private static final Shares SHARES = new Shares(0.1, 0.2);

  /** Every row is in one part, once. */
  private static void assertPartition(Split split, int rows) {
    int[] all =
        Stream.of(split.train(), split.validation(), split.test())
            .flatMapToInt(Arrays::stream)
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, rows).toArray(), all);
  }

  private static List<String> words(int rows, int kinds) {
    return IntStream.range(0, rows).mapToObj(i -> "w" + i % kinds).toList();
  }

  private static Set<String> of(List<String> words, int... rows) {
    return Arrays.stream(rows).mapToObj(words::get).collect(Collectors.toSet());
  }

  @Test
  void randomPartsHaveTheirShares() {
    var split = Split.random(100, SHARES, KEY);
    assertPartition(split, 100);
    assertEquals(20, split.test().length);
    assertEquals(10, split.validation().length);
    assertArrayEquals(split.train(), Split.random(100, SHARES, KEY).train());
    assertTrue(Arrays.stream(split.test()).anyMatch(row -> row < 80), "it is not the end");
  }

  @Test
  void stratifiedPartsHaveTheClassesInProportion() {
    var classes = IntStream.range(0, 100).mapToObj(i -> i < 90 ? "many" : "few").toList();
    var split = Split.stratified(classes, SHARES, KEY);
    assertPartition(split, 100);
    assertEquals(2, Arrays.stream(split.test()).filter(row -> row >= 90).count());
    assertEquals(1, Arrays.stream(split.validation()).filter(row -> row >= 90).count());
    for (var fold : Split.stratifiedFolds(classes, 5, KEY)) {
      assertPartition(fold, 100);
      assertEquals(2, Arrays.stream(fold.test()).filter(row -> row >= 90).count());
    }
  }

  @Test
  void groupsAreNeverDivided() {
    var groups = words(100, 13);
    var split = Split.grouped(groups, SHARES, KEY);
    assertPartition(split, 100);
    var train = of(groups, split.train());
    for (int[] part : List.of(split.validation(), split.test())) {
      assertTrue(part.length > 0);
      assertTrue(of(groups, part).stream().noneMatch(train::contains));
    }
    var folds = Split.groupedFolds(groups, 5, KEY);
    for (var fold : folds) {
      assertPartition(fold, 100);
      var trained = of(groups, fold.train());
      assertTrue(of(groups, fold.test()).stream().noneMatch(trained::contains));
    }
    assertEquals(100, folds.stream().mapToInt(fold -> fold.test().length).sum());
    assertThrows(DataException.class, () -> Split.grouped(words(10, 1), SHARES, KEY));
    assertThrows(DataException.class, () -> Split.groupedFolds(words(10, 3), 5, KEY));
  }

  @Test
  void timePartsFollowEachOther() {
    var split = Split.ordered(10, SHARES);
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6}, split.train());
    assertArrayEquals(new int[] {7}, split.validation());
    assertArrayEquals(new int[] {8, 9}, split.test());
    var folds = Split.forwardFolds(12, 3);
    assertArrayEquals(new int[] {0, 1, 2}, folds.getFirst().train());
    assertArrayEquals(new int[] {3, 4, 5}, folds.getFirst().test());
    assertArrayEquals(new int[] {9, 10, 11}, folds.getLast().test());
    assertThrows(DataException.class, () -> Split.forwardFolds(3, 3));
  }

  @Test
  void everyRowIsTestedInOneFold() {
    var folds = Split.folds(23, 5, KEY);
    var tested = folds.stream().flatMapToInt(fold -> Arrays.stream(fold.test())).sorted().toArray();
    assertArrayEquals(IntStream.range(0, 23).toArray(), tested);
    folds.forEach(fold -> assertTrue(fold.test().length == 4 || fold.test().length == 5));
    assertThrows(DataException.class, () -> Split.folds(3, 4, KEY));
    var held = folds.getFirst().holdOut(0.5, KEY);
    assertPartition(held, 23);
    assertEquals(9, held.validation().length);
    assertArrayEquals(folds.getFirst().test(), held.test());
    var groups = words(23, 7);
    var grouped = Split.groupedFolds(groups, 3, KEY).getFirst().holdOutGroups(groups, 0.3, KEY);
    assertPartition(grouped, 23);
    var trained = of(groups, grouped.train());
    assertTrue(of(groups, grouped.validation()).stream().noneMatch(trained::contains));
    var last = Split.forwardFolds(12, 3).getLast().holdOutLast(2 / 9.0);
    assertArrayEquals(new int[] {7, 8}, last.validation());
    assertArrayEquals(new int[] {9, 10, 11}, last.test());
  }

  @Test
  void sharesLeaveSomethingToLearnFrom() {
    assertThrows(DataException.class, () -> new Shares(0.5, 0.5));
    assertThrows(DataException.class, () -> new Shares(-0.1, 0.5));
  }

  @Test
  void rowsOnBothSidesAreReported() {
    var text = "a,b,y\n1,x,0\n2,x,0\n1,x,1\n1,y,0\n2,x,0\n";
    var table = TableSource.of("t.csv", text, ReadOptions.DEFAULT).read(BadRows.fail());
    var split = new Split(new int[] {0, 1}, new int[] {3}, new int[] {2, 4});
    var leaks = split.leaks(table, List.of("a", "b"));
    assertEquals(1, leaks.size());
    assertTrue(
        leaks
            .getFirst()
            .startsWith(
                "leakage: 2 of the 2 test rows are also training rows (line 4 repeats line 2)"),
        leaks.getFirst());
    assertEquals(List.of(), split.leaks(table.with("id", 1, 2, 3, 4, 5), List.of("id")));
  }
}
