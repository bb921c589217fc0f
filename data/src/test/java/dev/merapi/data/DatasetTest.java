package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static final List<String> CLASSES = List.of("even", "odd");

  /** Example i is the number i, of the class i mod 2. */
  private static Dataset numbers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return MemoryDataset.classified(
        values, Shape.of(1), IntStream.range(0, count).map(i -> i % 2).toArray(), CLASSES);
  }

  private static int[] rows(Dataset data) {
    var rows = IntStream.builder();
    for (var batch : data.batches(7).epoch(0)) {
      for (float value : batch.x().toArray()) {
        rows.add((int) value);
      }
    }
    return rows.build().toArray();
  }

  @Test
  void picturesBecomeFloatsABatchAtATime() {
    byte[] pixels = {0, 51, (byte) 255, 102, (byte) 204, 0, 0, 0};
    var data = MemoryDataset.pictures(pixels, Shape.of(2, 1, 2), new int[] {1, 0}, CLASSES);

    var batch = data.gather(1, 0, 1);

    assertEquals(Shape.of(3, 2, 1, 2), batch.x().shape());
    assertArrayEquals(
        new float[] {0.8f, 0, 0, 0, 0, 0.2f, 1, 0.4f, 0.8f, 0, 0, 0}, batch.x().toArray(), 1e-6f);
    assertEquals(Shape.of(3), batch.y().shape());
    assertArrayEquals(new int[] {0, 1, 0}, batch.y().toIntArray());
    assertEquals(3, batch.size());
    assertThrows(IndexOutOfBoundsException.class, () -> data.gather(2));
  }

  @Test
  void aBatchKeepsItsNumbers() {
    var data = numbers(3);
    var x = data.gather(1).x();
    data.gather(2);
    assertArrayEquals(new float[] {1}, x.toArray());
  }

  @Test
  void channelsAreNormalisedEachOnItsOwn() {
    byte[] pixels = {0, (byte) 255, 51, 51};
    var data = MemoryDataset.pictures(pixels, Shape.of(2, 2), new int[] {0}, CLASSES);

    var normalised =
        data.normalised(Normalisation.of(new float[] {0.5f, 0.1f}, new float[] {0.5f, 0.2f}));

    assertArrayEquals(new float[] {-1, 1, 0.5f, 0.5f}, normalised.gather(0).x().toArray(), 1e-6f);
    assertArrayEquals(new float[] {0, 1, 0.2f, 0.2f}, data.gather(0).x().toArray(), 1e-6f);
    assertNotEquals(data.fingerprint(), normalised.fingerprint());
    assertThrows(
        DataException.class,
        () -> data.normalised(Normalisation.of(new float[3], new float[] {1, 1, 1})));
    assertThrows(DataException.class, () -> Normalisation.of(0, 0));
    assertThrows(DataException.class, () -> Normalisation.of(0, Float.NaN));
  }

  @Test
  void measuredNormalisationGivesMeanZeroAndDeviationOne() {
    float[] values = {1, 10, 5, 3, 30, 5, 8, 20, 5};
    var data = MemoryDataset.valued(values, Shape.of(3), new float[] {0, 1, 2}, Shape.of());

    var normalisation = Normalisation.measure(data);
    assertArrayEquals(new float[] {4, 20, 5}, normalisation.mean(), 1e-5f);
    assertEquals(1, normalisation.deviation()[2]);

    var again = Normalisation.measure(data.normalised(normalisation));
    assertArrayEquals(new float[] {0, 0, 0}, again.mean(), 1e-6f);
    assertArrayEquals(new float[] {1, 1, 1}, again.deviation(), 1e-5f);
  }

  @Test
  void numbersHaveNumbersForTargets() {
    var data =
        MemoryDataset.valued(new float[] {1, 2, 3, 4}, Shape.of(2), new float[] {5, 6}, Shape.of());
    var batch = data.gather(1, 0);
    assertArrayEquals(new float[] {3, 4, 1, 2}, batch.x().toArray());
    assertEquals(Shape.of(2), batch.y().shape());
    assertArrayEquals(new float[] {6, 5}, batch.y().toArray());
    assertEquals(Shape.of(), data.target());
    assertThrows(DataException.class, data::labels);
    assertThrows(DataException.class, () -> data.splitByClass(0.5, Key.of(1)));
  }

  @Test
  void dataThatDoNotFitAreRefused() {
    assertError(
        "there are 2 examples but 3 targets",
        () -> MemoryDataset.classified(new float[2], Shape.of(1), new int[3], CLASSES));
    assertError(
        "5 values do not make whole examples of the shape (2,)",
        () -> MemoryDataset.classified(new float[5], Shape.of(2), new int[2], CLASSES));
    assertError(
        "the label of example 1 is 2, but there are 2 classes, 0 to 1",
        () -> MemoryDataset.classified(new float[2], Shape.of(1), new int[] {1, 2}, CLASSES));
    assertError(
        "the label of example 0 is -1",
        () -> MemoryDataset.classified(new float[1], Shape.of(1), new int[] {-1}, CLASSES));
    assertError("the fraction is 1.5", () -> numbers(3).split(1.5, Key.of(1)));
    assertError("the size is 0", () -> numbers(3).batches(0));
  }

  private static void assertError(String message, org.junit.jupiter.api.function.Executable code) {
    var error = assertThrows(DataException.class, code).getMessage();
    assertTrue(error.contains(message), error);
  }

  @Test
  void aSplitSharesNoExampleAndIsTheSameForTheSameKey() {
    var data = numbers(101);
    var parts = data.split(0.8, Key.of(5));

    int[] first = rows(parts.first());
    int[] rest = rows(parts.rest());

    assertEquals(81, first.length);
    int[] all = IntStream.concat(Arrays.stream(first), Arrays.stream(rest)).sorted().toArray();
    assertArrayEquals(Rows.range(0, 101), all);
    assertArrayEquals(first, rows(data.split(0.8, Key.of(5)).first()));
    assertFalse(Arrays.equals(first, rows(data.split(0.8, Key.of(6)).first())));
    assertEquals(0, data.split(1, Key.of(5)).rest().size());
  }

  @Test
  void aSplitByClassKeepsTheProportions() {
    float[] values = new float[100];
    int[] labels = new int[100];
    Arrays.fill(labels, 0, 10, 1);
    var data = MemoryDataset.classified(values, Shape.of(1), labels, CLASSES);

    var parts = data.splitByClass(0.7, Key.of(1));

    assertArrayEquals(new int[] {63, 7}, parts.first().histogram());
    assertArrayEquals(new int[] {27, 3}, parts.rest().histogram());
  }

  @Test
  void selectionsOfSelectionsAreRowsOfTheWhole() {
    var some = numbers(10).select(9, 3, 3, 1);
    assertArrayEquals(new int[] {1, 9}, rows(some.select(3, 0)));
    assertArrayEquals(new int[] {1, 1, 1, 1}, some.labels());
    assertArrayEquals(new int[] {9, 3}, rows(some.take(2)));
    assertThrows(IndexOutOfBoundsException.class, () -> some.select(4));
    assertThrows(IndexOutOfBoundsException.class, () -> some.gather(-1));
    assertEquals(0, numbers(10).select().size());
  }

  @Test
  void everyEpochHasAllRowsInAnOrderOfItsOwn() {
    var batches = numbers(50).batches(8, Key.of(3));
    assertEquals(OptionalLong.of(7), batches.perEpoch());
    var orders = new ArrayList<List<Integer>>();
    for (int epoch = 0; epoch < 3; epoch++) {
      var order = new ArrayList<Integer>();
      var sizes = new ArrayList<Integer>();
      for (var batch : batches.epoch(epoch)) {
        sizes.add(batch.size());
        for (float value : batch.x().toArray()) {
          order.add((int) value);
        }
      }
      assertEquals(List.of(8, 8, 8, 8, 8, 8, 2), sizes);
      assertEquals(IntStream.range(0, 50).boxed().toList(), order.stream().sorted().toList());
      orders.add(order);
    }
    assertEquals(3, orders.stream().distinct().count());
  }

  @Test
  void droppedRemaindersAreNotBatches() {
    var batches = numbers(50).batches(8, Key.of(3), Batches.Remainder.DROP);
    assertEquals(OptionalLong.of(6), batches.perEpoch());
    var iterator = batches.from(new Position(0, 5));
    assertEquals(8, iterator.next().size());
    assertFalse(iterator.hasNext());
    assertThrows(NoSuchElementException.class, iterator::next);
  }

  @Test
  void aResumedRunSeesTheBatchesThatItWouldHaveSeen() {
    var whole = new ArrayList<float[]>();
    numbers(50).batches(8, Key.of(3)).epoch(2).forEach(batch -> whole.add(batch.x().toArray()));

    var position = Position.START.nextEpoch().nextEpoch().nextBatch().nextBatch();
    var rest = numbers(50).batches(8, Key.of(3)).from(position); // another process would build anew
    for (var expected : whole.subList(2, whole.size())) {
      assertArrayEquals(expected, rest.next().x().toArray());
    }
    assertFalse(rest.hasNext());
  }

  @Test
  void fingerprintsTellDataApart() {
    var fingerprints =
        List.of(
            numbers(4),
            numbers(5),
            numbers(5).select(0, 1, 2, 3),
            numbers(5).select(0, 1, 3, 2),
            MemoryDataset.classified(
                new float[] {0, 1, 2, 3}, Shape.of(1), new int[] {0, 1, 0, 0}, CLASSES),
            MemoryDataset.classified(
                new float[] {0, 1, 2, 3}, Shape.of(1), new int[] {0, 1, 0, 1}, List.of("a", "b")));
    assertEquals(
        fingerprints.size(), fingerprints.stream().map(Dataset::fingerprint).distinct().count());
    assertEquals(numbers(4).fingerprint(), numbers(4).fingerprint());
    assertEquals(64, numbers(4).fingerprint().length());
  }

  @Test
  void splitsKeepTheTestSetAndSetAsideValidation() {
    var splits = Splits.of(numbers(20), numbers(6)).noting("told").split(0.9, Key.of(1));
    assertEquals(18, splits.train().size());
    assertEquals(2, splits.validation().size());
    assertEquals(6, splits.test().size());
    assertEquals(List.of("told"), splits.notes());
    assertEquals(0, Splits.of(numbers(2), numbers(1)).validation().size());
    var normalised = splits.normalised(Normalisation.of(0, 2));
    assertEquals(2.5f, normalised.test().gather(5).x().toArray()[0]);
  }
}
