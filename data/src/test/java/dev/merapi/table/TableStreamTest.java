package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Position;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TableStreamTest {
  private static final int ROWS = 20_000; // more than two parts
  private static final List<String> COLUMNS = List.of("n", "kind", "y");
  private static final Key KEY = Key.of(3);

  private static final TableSource SOURCE = TableSource.of("big.csv", text(), ReadOptions.DEFAULT);

  private static String text() {
    var text = new StringBuilder("n,kind,group,y\n");
    for (int i = 0; i < ROWS; i++) {
      text.append(i).append(',').append(i == 15_000 ? "rare" : "kind" + i % 3);
      text.append(",g").append(i / 10).append(',').append(2 * i).append('\n');
    }
    return text.toString();
  }

  private static Prepared prepared(String target) {
    var all = SOURCE.read(BadRows.fail()).only(List.of("n", target));
    return Prepared.fit(all, target, Window.NONE, List.of());
  }

  private static TableStream stream(int buffer) {
    return TableStream.of(SOURCE, prepared("y"), RowPart.all(), Use.TRAIN, buffer);
  }

  private static int[] numbers(Iterable<dev.merapi.data.Batch> batches) {
    var numbers = IntStream.builder();
    for (var batch : batches) {
      float[] x = batch.x().toArray();
      float[] y = batch.y().toArray();
      for (int i = 0; i < x.length; i++) {
        assertEquals(2 * x[i], y[i], "features and targets stay together");
        numbers.add((int) x[i]);
      }
    }
    return numbers.build().toArray();
  }

  @Test
  void inOrderItIsTheTable() {
    var stream = stream(100);
    assertEquals(ROWS, stream.size());
    assertEquals(Shape.of(1), stream.features());
    assertArrayEquals(IntStream.range(0, ROWS).toArray(), numbers(stream.batches(333).epoch(0)));
    var last = new ArrayList<dev.merapi.data.Batch>();
    stream.batches(333).epoch(0).forEach(last::add);
    assertEquals(61, last.size());
    assertEquals(ROWS % 333, last.getLast().size());
    assertEquals(61, stream.batches(333).perEpoch().orElseThrow());
  }

  @Test
  void aPassIsShuffledByKeyAndNumberAndHasEveryRowOnce() {
    var batches = stream(5000).batches(256, KEY);
    int[] first = numbers(batches.epoch(0));
    assertArrayEquals(first, numbers(batches.epoch(0)), "the same again");
    int[] second = numbers(batches.epoch(1));
    assertFalse(Arrays.equals(first, second));
    assertArrayEquals(IntStream.range(0, ROWS).toArray(), Arrays.stream(first).sorted().toArray());
    double moved =
        IntStream.range(0, ROWS).map(i -> Math.abs(first[i] - i)).average().orElseThrow();
    assertTrue(moved > 1000, "rows move by " + moved);
  }

  @Test
  void aPassIsTakenUpWhereItWasLeft() {
    var batches = stream(1000).batches(512, KEY, Batches.Remainder.DROP);
    assertEquals(39, batches.perEpoch().orElseThrow());
    int[] whole = numbers(batches.epoch(2));
    assertEquals(39 * 512, whole.length);
    int[] rest = numbers(() -> batches.from(new Position(2, 30)));
    assertArrayEquals(Arrays.copyOfRange(whole, 30 * 512, whole.length), rest);
  }

  @Test
  void rowsCanBeHadInAnyOrder() {
    var batch = stream(10).gather(17_000, 3, 3);
    assertArrayEquals(new float[] {17_000, 3, 3}, batch.x().toArray());
    assertArrayEquals(new float[] {34_000, 6, 6}, batch.y().toArray());
    assertThrows(IndexOutOfBoundsException.class, () -> stream(10).gather(ROWS));
  }

  @Test
  void classesAreNumbered() {
    var kinds = TableStream.of(SOURCE, prepared("kind"), RowPart.all(), Use.TRAIN, 10);
    assertEquals(List.of("kind0", "kind1", "kind2", "rare"), kinds.classes());
    int[] labels = kinds.labels();
    assertEquals(2, labels[8]);
    assertEquals(3, labels[15_000]);
    assertArrayEquals(new int[] {labels[5], labels[6]}, kinds.select(5, 6).labels());
    assertThrows(DataException.class, () -> stream(10).labels());
  }

  @Test
  void partsAreDrawnAndDisjoint() {
    for (var group : List.of(Optional.<String>empty(), Optional.of("group"))) {
      var parts = RowPart.random(new Shares(0.1, 0.2), group, KEY);
      var all = new HashSet<Integer>();
      int total = 0;
      for (var part : List.of(parts.train(), parts.validation(), parts.test())) {
        int[] rows =
            numbers(
                TableStream.of(SOURCE, prepared("y"), part, Use.MEASURE, 1).batches(1000).epoch(0));
        Arrays.stream(rows).forEach(all::add);
        total += rows.length;
      }
      assertEquals(ROWS, total);
      assertEquals(ROWS, all.size());
      Dataset test = TableStream.of(SOURCE, prepared("y"), parts.test(), Use.MEASURE, 1);
      assertEquals(0.2 * ROWS, test.size(), 0.02 * ROWS);
      if (group.isPresent()) {
        var groups = new HashSet<Integer>();
        for (int row : numbers(test.batches(1000).epoch(0))) {
          groups.add(row / 10);
        }
        assertEquals(test.size(), 10 * groups.size(), "groups are whole");
      }
    }
  }

  @Test
  void aSampleHasEveryWordAndIsNotTheBeginning() {
    var sample = RowPart.sample(SOURCE, RowPart.all(), COLUMNS, 2000, KEY, BadRows.fail());
    assertTrue(sample.size() <= 2100 && sample.size() > 800, "rows: " + sample.size());
    assertTrue(sample.words("kind").contains("rare"));
    assertEquals(ROWS / 2.0, Statistics.of(sample, "n").mean(), 0.05 * ROWS);
    var parts = RowPart.random(new Shares(0.1, 0.2), Optional.empty(), KEY);
    var train = RowPart.sample(SOURCE, parts.train(), COLUMNS, 1000, KEY, BadRows.fail());
    assertEquals(train.size(), parts.train().of(train).length);
    assertTrue(train.size() > 300, "rows: " + train.size());
  }

  @Test
  void aBadRowIsToldByTheThreadThatReads() {
    var source = TableSource.of("a.csv", "n,kind\n1,a\n2,b\n3,c\n", ReadOptions.DEFAULT);
    var two = source.read(BadRows.fail()).select(0, 1);
    var prepared = Prepared.fit(two, "kind", Window.NONE, List.of());
    var stream = TableStream.of(source, prepared, RowPart.all(), Use.TRAIN, 1);
    var told =
        assertThrows(DataException.class, () -> stream.batches(10).epoch(0).iterator().next());
    assertTrue(told.getMessage().startsWith("a.csv: line 4: the class `c`"), told.getMessage());
    assertThrows(
        DataException.class, () -> TableStream.of(source, prepared, RowPart.all(), Use.TRAIN, 0));
  }

  @Test
  void aFingerprintNamesPartAndPreparation() {
    var whole = stream(10).fingerprint();
    assertEquals(whole, stream(10).fingerprint());
    var kinds = TableStream.of(SOURCE, prepared("kind"), RowPart.all(), Use.TRAIN, 10);
    assertNotEquals(whole, kinds.fingerprint());
  }
}
