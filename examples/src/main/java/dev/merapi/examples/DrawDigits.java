package dev.merapi.examples;

import dev.merapi.data.Digits;
import dev.merapi.data.Picture;
import dev.merapi.tensor.Key;
import java.nio.file.Path;

/**
 * Draws five rows of digits, as the recipe {@code digits} learns from, and writes them to a PNG.
 *
 * <p>Argument: the file to write.
 */
public final class DrawDigits {
  void main(String[] args) {
    var pixels = Digits.of(80, Key.of(1)).batches(80).epoch(0).iterator().next().x();
    var sheet = Picture.sheet(16, Picture.all(pixels)).enlarged(2);
    sheet.writePng(Path.of(args[0]));
    IO.println("%s: %d x %d pixels".formatted(args[0], sheet.width(), sheet.height()));
  }
}
