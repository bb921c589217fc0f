package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Position;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {
  private static final TokenSequence TOKENS =
      TokenSequence.of(IntStream.range(100, 123).toArray()); // 23 of them

  @Test
  void liesEndToEnd() {
    var windows = TokenWindows.of(TOKENS, 5);
    assertEquals(4, windows.size()); // the last y is token 120
    var batch = windows.gather(0, 3);
    assertArrayEquals(
        new int[] {100, 101, 102, 103, 104, 115, 116, 117, 118, 119}, batch.x().toIntArray());
    assertArrayEquals(
        new int[] {101, 102, 103, 104, 105, 116, 117, 118, 119, 120}, batch.y().toIntArray());
    assertThrows(IndexOutOfBoundsException.class, () -> windows.gather(4));
  }

  @Test
  void takesATextOfExactlyOnePiece() {
    assertEquals(1, TokenWindows.of(TOKENS, 22).size());
    assertThrows(DataException.class, () -> TokenWindows.of(TOKENS, 23));
  }

  @Test
  void drawsOtherPiecesInEachEpochAndTheSameAfterAResume() {
    var windows = TokenWindows.of(TOKENS, 5).drawn(7);
    assertEquals(7, windows.size());
    var batches = windows.batches(3, Key.of(1));
    var first = starts(batches.epoch(0));
    assertEquals(7, first.size());
    assertNotEquals(first, starts(batches.epoch(1)));
    assertEquals(first, starts(windows.batches(3, Key.of(1)).epoch(0)));
    assertEquals(
        first.subList(3, 7), starts(() -> windows.batches(3, Key.of(1)).from(new Position(0, 1))));
    var all = new TreeSet<Integer>();
    for (int epoch = 0; epoch < 60; epoch++) {
      all.addAll(starts(batches.epoch(epoch)));
    }
    assertEquals(new TreeSet<>(IntStream.range(100, 118).boxed().toList()), all);
  }

  private static List<Integer> starts(Iterable<Batch> batches) {
    List<Integer> starts = new ArrayList<>();
    for (var batch : batches) {
      int[] x = batch.x().toIntArray();
      int[] y = batch.y().toIntArray();
      for (int i = 0; i < x.length; i++) {
        assertEquals(x[i] + 1, y[i]);
        if (i % 5 == 0) {
          starts.add(x[i]);
        }
      }
    }
    return starts;
  }

  @Test
  void beginsWithAToken() {
    var lines = TokenSequence.of(9, 1, 2, 9, 3, 4, 5, 9, 6, 9, 7);
    var windows = TokenWindows.of(lines, 3).beginningWith(9);
    assertEquals(3, windows.size()); // behind the last one too few follow
    assertArrayEquals(
        new int[] {9, 1, 2, 9, 3, 4, 9, 6, 9}, windows.gather(0, 1, 2).x().toIntArray());
    assertArrayEquals(new int[] {6, 9, 7}, windows.gather(2).y().toIntArray());
    var seen = new TreeSet<Integer>();
    for (var batch : windows.drawn(40).batches(8, Key.of(1)).epoch(0)) {
      int[] x = batch.x().toIntArray();
      for (int i = 0; i < x.length; i += 3) {
        assertEquals(9, x[i]);
        seen.add(x[i + 1]);
      }
    }
    assertEquals(new TreeSet<>(List.of(1, 3, 6)), seen);
    assertNotEquals(windows.fingerprint(), TokenWindows.of(lines, 3).fingerprint());
  }

  @Test
  void tellsEachTokenOnceWhateverTheStride() {
    for (int context : new int[] {1, 5, 11, 22}) {
      for (int stride = 1; stride <= context; stride++) {
        var windows = TokenWindows.of(TOKENS, context).covering(stride);
        List<Integer> told = new ArrayList<>();
        for (int row = 0; row < windows.size(); row++) {
          int[] x = windows.gather(row).x().toIntArray();
          int[] y = windows.gather(row).y().toIntArray();
          for (int i = 0; i < context; i++) {
            if (y[i] != MaskedTexts.IGNORED) {
              assertEquals(x[i] + 1, y[i]);
              assertTrue(i >= context - stride || row == 0, "from enough before it");
              told.add(y[i]);
            }
          }
        }
        assertEquals(IntStream.range(101, 123).boxed().toList(), told, context + " / " + stride);
      }
    }
    var windows = TokenWindows.of(TOKENS, 5);
    assertEquals("token 17", windows.covering(3).name(windows.covering(3).size() - 1));
    assertNotEquals(windows.covering(3).fingerprint(), windows.covering(2).fingerprint());
    assertThrows(DataException.class, () -> windows.covering(0));
    assertThrows(DataException.class, () -> windows.covering(6));
  }

  @Test
  void knowsItsFingerprint() {
    var windows = TokenWindows.of(TOKENS, 5);
    assertEquals(windows.fingerprint(), TokenWindows.of(TOKENS, 5).fingerprint());
    assertNotEquals(windows.fingerprint(), TokenWindows.of(TOKENS, 6).fingerprint());
    assertNotEquals(windows.fingerprint(), windows.drawn(9).fingerprint());
    assertNotEquals(windows.fingerprint(), TokenWindows.of(TOKENS.slice(0, 22), 5).fingerprint());
  }

  @Test
  void hasNoClassesAndNoScale() {
    var windows = TokenWindows.of(TOKENS, 5);
    assertTrue(windows.classes().isEmpty());
    assertThrows(DataException.class, windows::labels);
    assertThrows(DataException.class, () -> windows.normalised(Normalisation.NONE));
    assertThrows(DataException.class, () -> windows.drawn(0));
  }
}
