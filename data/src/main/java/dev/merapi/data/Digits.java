package dev.merapi.data;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures of digits that the product draws itself, in the form of {@link Mnist}: 28x28 grey
 * pixels, light ink on black, fitted to 20x20 and centred by mass.
 *
 * <p>Each is a pen's way for its digit, in one of several styles, with a hand's shake, an elastic
 * bend, random proportions, slant, turn, thickness and pressure, drawn by distance to the strokes;
 * no font and no download. A network that has learned from them also reads most of MNIST.
 */
public final class Digits {
  private static final int PIXELS = Handwriting.SIDE * Handwriting.SIDE;
  private static final int CHUNK = 128;
  private static final List<String> CLASSES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private Digits() {}

  /**
   * Draws {@code count} pictures; the i-th shows the digit i mod 10 and depends on the key and i
   * alone, so the same key gives the same bytes on every machine, and more pictures begin with the
   * fewer.
   *
   * @return pictures {@code (1, 28, 28)}, from 0 to 1
   */
  public static Dataset of(int count, Key key) {
    if (count < 0 || count > Integer.MAX_VALUE / PIXELS) {
      throw new DataException("digits: cannot draw " + count + " pictures; ask for 0 to 2,700,000");
    }
    byte[] pixels = new byte[count * PIXELS];
    IntStream.range(0, (count + CHUNK - 1) / CHUNK)
        .parallel()
        .forEach(chunk -> draw(chunk * CHUNK, Math.min(count, (chunk + 1) * CHUNK), key, pixels));
    int[] labels = IntStream.range(0, count).map(i -> i % 10).toArray();
    return MemoryDataset.pictures(
        pixels, Shape.of(1, Handwriting.SIDE, Handwriting.SIDE), labels, CLASSES);
  }

  private static void draw(int from, int to, Key key, byte[] pixels) {
    var hand = new Handwriting();
    for (int i = from; i < to; i++) {
      hand.write(i % 10, new Draws(key.fold(i)), pixels, i * PIXELS);
    }
  }
}
