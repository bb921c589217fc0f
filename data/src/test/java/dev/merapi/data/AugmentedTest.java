package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentedTest {
  private static final int SIDE = 6;
  private static final Key KEY = Key.of(4);
  private static final PictureAugmentation NONE =
      new PictureAugmentation(false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void withoutSettingsNothingIsDone() {
    var data = pictures(5);
    assertArrayEquals(seen(data, 0), seen(augmented(data, NONE), 0));
  }

  @Test
  void whoLooksInOrderSeesTheExamples() {
    var data = pictures(5);
    var strong = new PictureAugmentation(true, 2, 30, 0.3, 10, 0.5, 0.5, 0.5, 0.2, 3, 0.4);
    assertArrayEquals(
        data.gather(0, 1, 2).x().toArray(), augmented(data, strong).gather(0, 1, 2).x().toArray());
    var inOrder = augmented(data, strong).batches(5).epoch(0).iterator().next();
    assertArrayEquals(data.gather(0, 1, 2, 3, 4).x().toArray(), inOrder.x().toArray());
  }

  @Test
  void aTrainingThatIsResumedSeesWhatItWouldHaveSeen() {
    var strong = new PictureAugmentation(true, 2, 30, 0.3, 10, 0.5, 0.5, 0.5, 0.2, 3, 0.4);
    var batches = augmented(pictures(10), strong).batches(3, KEY);
    var whole = new ArrayList<Batch>();
    batches.epoch(1).forEach(whole::add);
    var rest = batches.from(new Position(1, 2));
    for (int i = 2; i < 4; i++) {
      var batch = rest.next();
      assertArrayEquals(whole.get(i).x().toArray(), batch.x().toArray());
      assertArrayEquals(whole.get(i).y().toArray(), batch.y().toArray());
    }
    assertFalse(rest.hasNext());
    assertFalse(Arrays.equals(seen(batches, 0), seen(batches, 1)), "each epoch is another");
  }

  @Test
  void flipsMirror() {
    var data = pictures(1);
    float[] plain = data.gather(0).x().toArray();
    float[] mirrored = new float[plain.length];
    for (int i = 0; i < plain.length; i++) {
      mirrored[i] = plain[i / SIDE * SIDE + SIDE - 1 - i % SIDE];
    }
    var flips = augmented(data, new PictureAugmentation(true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    Set<String> views = new HashSet<>();
    for (int epoch = 0; epoch < 20; epoch++) {
      views.add(Arrays.toString(seen(flips, epoch)));
    }
    assertEquals(Set.of(Arrays.toString(plain), Arrays.toString(mirrored)), views);
  }

  @Test
  void cropsMoveByWholePixels() {
    var data = pictures(1);
    float[] plain = data.gather(0).x().toArray();
    var crops = augmented(data, new PictureAugmentation(false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    Set<String> moved = new HashSet<>();
    for (int left = -1; left <= 1; left++) {
      for (int up = -1; up <= 1; up++) {
        float[] shifted = new float[plain.length];
        for (int i = 0; i < shifted.length; i++) {
          int x = i % SIDE + left;
          int y = i / SIDE % SIDE + up;
          boolean inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
          shifted[i] = inside ? plain[i / (SIDE * SIDE) * SIDE * SIDE + y * SIDE + x] : 0;
        }
        moved.add(Arrays.toString(shifted));
      }
    }
    Set<String> views = new HashSet<>();
    for (int epoch = 0; epoch < 100; epoch++) {
      views.add(Arrays.toString(seen(crops, epoch)));
    }
    assertEquals(moved, views);
  }

  @Test
  void aHalfTurnIsAHalfTurn() {
    // Of a rotation by up to 180 degrees some come close to the end; the corner then goes across.
    var data = pictures(1);
    var turns = augmented(data, new PictureAugmentation(false, 0, 180, 0, 0, 0, 0, 0, 0, 0, 0));
    double least = Double.MAX_VALUE;
    float[] plain = data.gather(0).x().toArray();
    for (int epoch = 0; epoch < 200; epoch++) {
      float[] view = seen(turns, epoch);
      double off = 0;
      for (int i = 0; i < SIDE * SIDE; i++) {
        off = Math.max(off, Math.abs(view[i] - plain[SIDE * SIDE - 1 - i]));
      }
      least = Math.min(least, off);
    }
    assertTrue(least < 0.1, "the closest is " + least + " away");
  }

  @Test
  void cutOutMakesASquareGrey() {
    var cuts = augmented(pictures(1), new PictureAugmentation(false, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0));
    for (int epoch = 0; epoch < 20; epoch++) {
      float[] view = seen(cuts, epoch);
      long grey = 0;
      for (int i = 0; i < SIDE * SIDE; i++) {
        grey += view[i] == 0 ? 1 : 0;
      }
      assertTrue(grey >= 4 && grey <= 9, "a square of 3 pixels, which the border may cut: " + grey);
    }
  }

  @Test
  void coloursStayPixels() {
    var normalisation = Normalisation.of(0.5f, 0.25f);
    var data = pictures(4).normalised(normalisation);
    var jitter =
        new Augmented(
            data,
            new PictureAugmentation(false, 0, 0, 0, 0, 0.9, 0.9, 0.9, 0.3, 0, 0),
            normalisation);
    float[] view = seen(jitter, 0);
    for (float value : view) {
      assertTrue(value >= -2.001 && value <= 2.001, "pixels from 0 to 1, normalised: " + value);
    }
    assertFalse(Arrays.equals(seen(data, 0), view));
  }

  @Test
  void mixupMixesPicturesAndClassesAlike() {
    // Every pixel of a picture of class c is c / 2.
    byte[] pixels = new byte[3 * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / (3 * SIDE * SIDE) * 127);
    }
    var data =
        MemoryDataset.pictures(
            pixels, Shape.of(3, SIDE, SIDE), new int[] {0, 1, 2}, List.of("a", "b", "c"));
    var mixed = augmented(data, new PictureAugmentation(false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    var batch = mixed.batches(3, KEY).epoch(0).iterator().next();
    assertEquals(Shape.of(3, 3), batch.y().shape());
    float[] x = batch.x().toArray();
    float[] y = batch.y().toArray();
    for (int i = 0; i < 3; i++) {
      assertEquals(1, y[3 * i] + y[3 * i + 1] + y[3 * i + 2], 1e-6);
      assertEquals((y[3 * i + 1] + 2 * y[3 * i + 2]) * 127 / 255f, x[i * 3 * SIDE * SIDE], 1e-5);
    }
  }

  @Test
  void whatIsNoPictureIsRefused() {
    var rows = MemoryDataset.valued(new float[8], Shape.of(4), new float[2], Shape.of(1));
    var batches = augmented(rows, NONE).batches(2, KEY).epoch(0).iterator();
    var e = assertThrows(DataException.class, batches::next);
    assertTrue(e.getMessage().contains("no pictures"), e.getMessage());
  }

  @Test
  void theFingerprintNamesTheAugmentation() {
    var data = pictures(2);
    var flips = new PictureAugmentation(true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertFalse(augmented(data, NONE).fingerprint().equals(augmented(data, flips).fingerprint()));
  }

  private static Augmented augmented(Dataset data, Augmentation augmentation) {
    return new Augmented(data, augmentation, Normalisation.NONE);
  }

  private static float[] seen(Dataset data, long epoch) {
    return seen(data.batches(data.size(), KEY), epoch);
  }

  private static float[] seen(Batches batches, long epoch) {
    return batches.epoch(epoch).iterator().next().x().toArray();
  }

  /** Pictures of which each pixel is another, and none is 0. */
  private static Dataset pictures(int count) {
    byte[] pixels = new byte[count * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (1 + i * 37 % 250);
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
    }
    return MemoryDataset.pictures(pixels, Shape.of(3, SIDE, SIDE), labels, List.of("a", "b"));
  }
}
