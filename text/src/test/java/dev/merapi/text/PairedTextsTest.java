package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Position;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.text.PairedTexts.Marks;
import dev.merapi.text.PairedTexts.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pairs of texts in batches. */
class PairedTextsTest {
  private static final Marks MARKS = new Marks(1, 2, 0);

  /** Pair i has the source i and the target of one token more, each i % 17 times. */
  private static PairedTexts pairs(int count) {
    return PairedTexts.of(
        IntStream.range(0, count).mapToObj(PairedTextsTest::pair).toList(), 20, MARKS);
  }

  private static Pair pair(int i) {
    int[] source = new int[i % 17];
    int[] target = new int[i % 17 + 1];
    Arrays.fill(source, 10 + i);
    Arrays.fill(target, 10 + i);
    return new Pair(source, target);
  }

  @Test
  void targetsAreReadOneTokenBehind() {
    Batch batch = pairs(3).gather(2, 0);
    assertEquals(Shape.of(2, 2, 4), batch.x().shape());
    assertArrayEquals(
        new int[] {12, 12, 2, 0, 1, 12, 12, 12, 2, 0, 0, 0, 1, 10, 0, 0}, batch.x().toIntArray());
    assertArrayEquals(new int[] {12, 12, 12, 2, 10, 2, -100, -100}, batch.y().toIntArray());
  }

  @Test
  void sourcesAreReadAsInTraining() {
    assertArrayEquals(
        pairs(3).gather(2, 0).x().select(1, 0).toIntArray(),
        PairedTexts.sources(List.of(new int[] {12, 12}, new int[0]), MARKS).toIntArray());
  }

  @Test
  void forTrainingPairsOfOneLengthComeTogether() {
    var pairs = pairs(200);
    var batches = pairs.batches(10, Key.of(3), Batches.Remainder.KEEP);
    List<Integer> seen = new ArrayList<>();
    int places = 0;
    for (Batch batch : batches.epoch(1)) {
      int[] x = batch.x().select(1, 1).toIntArray();
      int time = batch.x().shape().size(2);
      places += time * batch.size();
      IntStream.range(0, batch.size()).forEach(row -> seen.add(x[row * time + 1] - 10));
    }
    assertEquals(IntStream.range(0, 200).boxed().toList(), seen.stream().sorted().toList());
    int needed = IntStream.range(0, 200).map(i -> pair(i).length()).sum();
    assertEquals(1, (double) needed / places, 0.25);
    // What comes third does not depend on what was read before.
    var third = batches.from(new Position(1, 2)).next();
    var all = batches.from(new Position(1, 0));
    all.next();
    all.next();
    assertArrayEquals(all.next().x().toIntArray(), third.x().toIntArray());
  }

  @Test
  void aFingerprintNamesThem() {
    assertEquals(pairs(9).fingerprint(), pairs(9).fingerprint());
    assertNotEquals(pairs(9).fingerprint(), pairs(8).fingerprint());
    assertEquals(pairs(2).fingerprint(), pairs(9).select(0, 1).fingerprint());
    assertThrows(DataException.class, () -> pairs(2).labels());
  }
}
