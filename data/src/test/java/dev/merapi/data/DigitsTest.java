package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private static final int PIXELS = 28 * 28;

  private static float[][] pictures(Dataset data) {
    float[] x = data.gather(Rows.range(0, data.size())).x().toArray();
    float[][] pictures = new float[data.size()][];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = Arrays.copyOfRange(x, i * PIXELS, (i + 1) * PIXELS);
    }
    return pictures;
  }

  @Test
  void theSamePicturesComeFromTheSameKeyOnAnyNumberOfThreads() throws Exception {
    var many = Digits.of(1000, Key.of(4));
    assertEquals(Shape.of(1, 28, 28), many.features());
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0}, many.take(11).labels());
    try (var one = new ForkJoinPool(1)) {
      var alone = one.submit(() -> Digits.of(1000, Key.of(4))).get();
      assertEquals(many.fingerprint(), alone.fingerprint());
    }
    assertNotEquals(many.fingerprint(), Digits.of(1000, Key.of(5)).fingerprint());
    assertArrayEquals(pictures(Digits.of(300, Key.of(4))), pictures(many.take(300)));
  }

  @Test
  void theBitsNeverChangeFromReleaseToRelease() {
    assertEquals(
        "52a35715a48d0516c64bbbaae1727ca93c3ca601b02701858b36622a0a2ffa8d",
        Digits.of(200, Key.of(1)).fingerprint());
  }

  @Test
  void noTwoPicturesAreTheSame() {
    var seen = new HashSet<Integer>();
    for (float[] picture : pictures(Digits.of(2000, Key.of(1)))) {
      assertTrue(seen.add(Arrays.hashCode(picture)));
    }
  }

  @Test
  void everyPictureIsInkInTheMiddleOfBlack() {
    float[][] pictures = pictures(Digits.of(2000, Key.of(2)));
    double inkOfAll = 0;
    for (int i = 0; i < pictures.length; i++) {
      double ink = 0;
      double mx = 0;
      double my = 0;
      float most = 0;
      for (int p = 0; p < PIXELS; p++) {
        float value = pictures[i][p];
        most = Math.max(most, value);
        ink += value;
        int row = p / 28;
        int column = p % 28;
        mx += value * column;
        my += value * row;
        if (row == 0 || row == 27 || column == 0 || column == 27) {
          assertTrue(value < 0.7f, "ink on the border of picture " + i);
        }
      }
      assertTrue(most > 0.6f, "faint picture " + i);
      assertEquals(14, mx / ink, 3, "picture " + i);
      assertEquals(14, my / ink, 3, "picture " + i);
      inkOfAll += ink / PIXELS / pictures.length;
    }
    assertEquals(0.13, inkOfAll, 0.015); // MNIST has 0.1307
  }

  @Test
  void aMeanPictureOfEachDigitTellsMostDigitsApart() {
    double right = nearestMean(Digits.of(4000, Key.of(7)), Digits.of(1000, Key.of(8)));
    assertTrue(right > 0.75, "only " + right);
    assertTrue(right < 0.97, "too alike to learn anything from: " + right);
  }

  @Test
  void whatIsLearnedFromThemHoldsForMnist() {
    var real = RealData.folder("mnist");
    assumeTrue(real.isPresent(), "skipped: no folder mnist in MERAPI_DATA");
    double right =
        nearestMean(Digits.of(4000, Key.of(7)), Mnist.load(real.get()).test().take(2000));
    assertTrue(right > 0.65, "only " + right); // the means of MNIST itself give 0.82
  }

  /** The share of {@code test} whose nearest mean picture of {@code train} is that of its class. */
  private static double nearestMean(Dataset train, Dataset test) {
    float[][] means = new float[10][PIXELS];
    float[][] x = pictures(train);
    int[] y = train.labels();
    int[] counts = train.histogram();
    for (int i = 0; i < x.length; i++) {
      for (int p = 0; p < PIXELS; p++) {
        means[y[i]][p] += x[i][p] / counts[y[i]];
      }
    }
    int right = 0;
    float[][] asked = pictures(test);
    int[] answers = test.labels();
    for (int i = 0; i < asked.length; i++) {
      right += nearest(means, asked[i]) == answers[i] ? 1 : 0;
    }
    return (double) right / asked.length;
  }

  private static int nearest(float[][] means, float[] picture) {
    int best = 0;
    double least = Double.MAX_VALUE;
    for (int c = 0; c < means.length; c++) {
      double distance = 0;
      for (int p = 0; p < PIXELS; p++) {
        double d = means[c][p] - picture[p];
        distance += d * d;
      }
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    return best;
  }

  @Test
  void noneAtAllCanBeAskedFor() {
    assertEquals(0, Digits.of(0, Key.of(1)).size());
    assertFalse(Digits.of(0, Key.of(1)).batches(4).epoch(0).iterator().hasNext());
  }
}
