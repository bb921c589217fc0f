package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Position;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.text.MaskedTexts.Masking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts with classes, and texts with hidden tokens, in batches. */
class LabelledTextsTest {
  private static final Tokenizer TOKENIZER =
      TokenizerTraining.wordPiece(Stream.of("a cat sat on a mat", "a dog sat"), 60, true);
  private static final int MASK = TOKENIZER.id("[MASK]").orElseThrow();

  /** Text i has the tokens of i % 30 + 1 times "cat", between [CLS] and [SEP]. */
  private static LabelledTexts texts(int count) {
    int[][] tokens =
        IntStream.range(0, count)
            .mapToObj(i -> TOKENIZER.encoding("cat ".repeat(i % 30 + 1), true).ids())
            .toArray(int[][]::new);
    int[] labels = IntStream.range(0, count).map(i -> i % 2).toArray();
    return LabelledTexts.of(tokens, labels, List.of("even", "odd"), 20, 0);
  }

  @Test
  void aBatchIsAsLongAsItsLongestText() {
    var texts = texts(40);
    var batch = texts.gather(0, 3, 2);
    assertEquals(Shape.of(3, LabelledTexts.STEP), batch.x().shape());
    assertArrayEquals(new int[] {0, 1, 0}, batch.y().toIntArray());
    int[] cat = TOKENIZER.encode("cat");
    int[] first = Arrays.copyOf(batch.x().toIntArray(), LabelledTexts.STEP);
    int[] expected = new int[LabelledTexts.STEP];
    System.arraycopy(TOKENIZER.encoding("cat", true).ids(), 0, expected, 0, cat.length + 2);
    assertArrayEquals(expected, first);
    // Of a longer text the begin counts.
    assertEquals(Shape.of(1, 20), texts.gather(29).x().shape());
    assertEquals(Shape.of(20), texts.features());
    assertThrows(
        DataException.class,
        () -> LabelledTexts.of(new int[2][3], new int[1], List.of("a"), 20, 0));
  }

  @Test
  void textsOfOneLengthComeTogetherAndEachOnce() {
    var texts = texts(400);
    var batches = texts.batches(16, Key.of(3), Batches.Remainder.KEEP);
    var all = read(batches, 0);
    assertEquals(400, all.stream().mapToInt(Batch::size).sum());
    assertEquals(
        Arrays.stream(texts.labels()).sum(),
        all.stream().flatMapToInt(batch -> Arrays.stream(batch.y().toIntArray())).sum());
    long filled =
        all.stream()
            .flatMapToInt(b -> Arrays.stream(b.x().toIntArray()))
            .filter(t -> t == 0)
            .count();
    long mixed =
        read(texts.batches(16), 0).stream()
            .flatMapToInt(b -> Arrays.stream(b.x().toIntArray()))
            .filter(t -> t == 0)
            .count();
    assertTrue(2 * filled < mixed, filled + " " + mixed);
    assertNotEquals(order(all), order(read(batches, 1)));
    assertEquals(order(all.subList(7, all.size())), order(read(batches.from(new Position(0, 7)))));
    assertEquals(24, read(texts.batches(16, Key.of(3), Batches.Remainder.DROP), 0).size() - 1);
    assertEquals(texts.select(1, 5).fingerprint(), texts(30).select(1, 5).fingerprint());
    assertNotEquals(texts.fingerprint(), texts(399).fingerprint());
  }

  @Test
  void hiddenTokensAreOnesOfTheText() {
    var texts = texts(300);
    var masked =
        MaskedTexts.of(texts, new Masking(TOKENIZER, MASK, /* padding= */ 0, /* share= */ 0.15));
    assertEquals(masked.features(), masked.target());
    int told = 0;
    int hidden = 0;
    int real = 0;
    for (var batch : masked.batches(32).epoch(0)) {
      int[] x = batch.x().toIntArray();
      int[] y = batch.y().toIntArray();
      for (int i = 0; i < x.length; i++) {
        real += y[i] >= 0 || (x[i] != 0 && !TOKENIZER.isSpecial(x[i])) ? 1 : 0;
        told += y[i] >= 0 ? 1 : 0;
        hidden += x[i] == MASK ? 1 : 0;
        assertTrue(y[i] == MaskedTexts.IGNORED || !TOKENIZER.isSpecial(y[i]));
        assertFalse(x[i] == MASK && y[i] < 0);
      }
    }
    assertEquals(0.15, (double) told / real, 0.03);
    assertEquals(0.8, (double) hidden / told, 0.05);
  }

  @Test
  void othersAreHiddenInEachEpochButNeverToMeasure() {
    Dataset masked =
        MaskedTexts.of(
            texts(60), new Masking(TOKENIZER, MASK, /* padding= */ 0, /* share= */ 0.15));
    var batches = masked.batches(20, Key.of(1));
    assertEquals(order(read(batches, 0)), order(read(batches, 0)));
    assertNotEquals(order(read(batches, 0)), order(read(batches, 1)));
    assertEquals(
        order(read(batches, 1).subList(2, 3)), order(read(batches.from(new Position(1, 2)))));
    assertEquals(order(read(masked.batches(20), 0)), order(read(masked.batches(20), 3)));
  }

  private static List<Batch> read(Batches batches, int epoch) {
    return read(batches.from(new Position(epoch, 0)));
  }

  private static List<Batch> read(java.util.Iterator<Batch> batches) {
    var all = new ArrayList<Batch>();
    batches.forEachRemaining(all::add);
    return all;
  }

  private static List<String> order(List<Batch> batches) {
    return batches.stream().map(batch -> Arrays.toString(batch.x().toIntArray())).toList();
  }
}
