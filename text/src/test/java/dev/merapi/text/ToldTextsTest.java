package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.text.ToldTexts.Text;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ToldTextsTest {
  private static final Text LONG =
      new Text(new int[] {1, 2, 3, 4, 5, 6}, new boolean[] {false, false, false, true, true, true});
  private static final Text SHORT =
      new Text(new int[] {7, 8, 9}, new boolean[] {false, false, true});
  private static final Text PAIR = new Text(new int[] {10, 11}, new boolean[] {false, true});

  @Test
  void packsTheLongestFirstAndTellsWhereEachBegins() {
    var data = ToldTexts.packed(List.of(PAIR, SHORT, LONG), 7, 99);
    assertEquals(2, data.size());
    assertEquals(Shape.of(2, 7), data.features());
    assertEquals(8.0 / 14, data.filled());
    var batch = data.gather(0, 1);
    assertEquals(Shape.of(2, 2, 7), batch.x().shape());
    int i = MaskedTexts.IGNORED;
    assertArrayEquals(
        new int[] {
          1, 2, 3, 4, 5, 7, 8, 0, 0, 0, 0, 0, 5, 5,
          10, 99, 99, 99, 99, 99, 99, 0, 1, 1, 1, 1, 1, 1
        },
        batch.x().toIntArray());
    assertArrayEquals(
        new int[] {i, i, 4, 5, 6, i, 9, 11, i, i, i, i, i, i}, batch.y().toIntArray());
  }

  @Test
  void fillsRowsUpToTheLongestOfABatch() {
    var data = ToldTexts.padded(List.of(PAIR, SHORT, LONG), 20, 99);
    var batch = data.gather(1, 2);
    assertEquals(Shape.of(2, 8), batch.x().shape());
    int i = MaskedTexts.IGNORED;
    assertArrayEquals(
        new int[] {7, 8, 99, 99, 99, 99, 99, 99, 1, 2, 3, 4, 5, 99, 99, 99},
        batch.x().toIntArray());
    assertArrayEquals(
        new int[] {i, 9, i, i, i, i, i, i, i, i, 4, 5, 6, i, i, i}, batch.y().toIntArray());
  }

  @Test
  void losesNoTokenHoweverManyTexts() {
    var key = Key.of(3);
    var texts =
        IntStream.range(0, 500)
            .mapToObj(
                row -> {
                  int length = 2 + (int) Math.floorMod(key.fold(row).value(), 40L);
                  int[] tokens = new int[length];
                  Arrays.fill(tokens, row);
                  boolean[] told = new boolean[length];
                  Arrays.fill(told, true);
                  return new Text(tokens, told);
                })
            .toList();
    var data = ToldTexts.packed(texts, 64, 9999);
    int[] counts = new int[500];
    for (int row = 0; row < data.size(); row++) {
      for (int target : data.gather(row).y().toIntArray()) {
        if (target >= 0) {
          counts[target]++;
        }
      }
    }
    for (int row = 0; row < counts.length; row++) {
      assertEquals(texts.get(row).tokens().length - 1, counts[row]);
    }
    assertTrue(data.filled() > 0.95, "filled " + data.filled());
    assertNotEquals(data.fingerprint(), ToldTexts.packed(texts, 65, 9999).fingerprint());
  }

  @Test
  void refusesWhatTeachesNothing() {
    var mute = new Text(new int[] {1, 2, 3}, new boolean[3]);
    var error = assertThrows(DataException.class, () -> ToldTexts.padded(List.of(mute), 8, 0));
    assertTrue(error.getMessage().contains("leave it out"), error::getMessage);
    assertEquals(0, LONG.cut(2).targets());
    assertEquals(1, LONG.cut(3).targets());
    assertThrows(DataException.class, () -> ToldTexts.packed(List.of(LONG), 4, 0));
  }
}
