package dev.merapi.data;

import dev.merapi.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** A grey picture: one byte a pixel, 0 is black and 255 is white, row by row from the top left. */
public final class Picture {
  private final int width;
  private final int height;
  private final byte[] pixels;

  private Picture(int width, int height, byte[] pixels) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /**
   * A picture of these pixels.
   *
   * @throws DataException if there are not width x height of them
   */
  public static Picture of(int width, int height, byte[] pixels) {
    if (width < 1 || height < 1 || (long) width * height != pixels.length) {
      throw new DataException(
          "picture: "
              + pixels.length
              + " pixels do not make "
              + width
              + "x"
              + height
              + "; give width x height of them");
    }
    return new Picture(width, height, pixels.clone());
  }

  /**
   * A picture of numbers from 0 (black) to 1 (white); what lies outside is cut off.
   *
   * @throws DataException if there are not width x height of them
   */
  public static Picture of(int width, int height, float[] values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) Math.round(255 * Math.clamp(values[i], 0f, 1f));
    }
    return of(width, height, pixels);
  }

  /**
   * Pictures from a tensor of numbers from 0 to 1.
   *
   * @param batch {@code (count, height, width)} or {@code (count, 1, height, width)}
   * @throws DataException if it has another shape
   */
  public static List<Picture> all(Tensor batch) {
    var shape = batch.shape();
    if (shape.rank() < 3 || shape.rank() > 4 || (shape.rank() == 4 && shape.size(1) != 1)) {
      throw new DataException(
          "picture: the tensor has the shape "
              + shape
              + "; give grey pictures, (count, height, width) or (count, 1, height, width)");
    }
    float[] values = batch.toArray();
    int height = shape.size(-2);
    int width = shape.size(-1);
    var pictures = new Picture[shape.size(0)];
    for (int i = 0; i < pictures.length; i++) {
      int from = i * width * height;
      pictures[i] = of(width, height, Arrays.copyOfRange(values, from, from + width * height));
    }
    return List.of(pictures);
  }

  /**
   * Reads a PNG, JPEG, GIF or BMP file as grey. Where it is transparent, paper shows: white under
   * dark ink, black under light ink. Pictures of more than 2,048 pixels a side are read coarser. A
   * JPEG is turned as the camera that took it notes.
   *
   * @throws DataException if the file is missing, no picture, truncated, damaged or has more than
   *     100 million pixels
   */
  public static Picture read(Path file) {
    return PictureReader.read(file);
  }

  /**
   * This picture of one digit as {@link Mnist} would show it: light ink on black, cropped to the
   * ink, fitted to 20x20 pixels, and its centre of mass moved to the middle of 28x28. Dark ink on a
   * light ground, which the border tells, is inverted; a thin pen is thickened.
   *
   * @throws DataException if there is no ink to be seen
   */
  public Picture digit() {
    return DigitFinder.find(this);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The pixel at a place, 0 to 255. */
  public int at(int x, int y) {
    return pixels[y * width + x] & 0xFF;
  }

  /** All pixels, row by row. */
  public byte[] pixels() {
    return pixels.clone();
  }

  /** This picture as a batch of one, from 0 to 1: {@code (1, 1, height, width)}. */
  public Tensor tensor() {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xFF) / 255f;
    }
    return Tensor.of(values, 1, 1, height, width);
  }

  /** This picture with every pixel repeated {@code times} along both axes. */
  public Picture enlarged(int times) {
    byte[] out = new byte[Math.multiplyExact(pixels.length, times * times)];
    for (int y = 0; y < height * times; y++) {
      for (int x = 0; x < width * times; x++) {
        out[y * width * times + x] = pixels[y / times * width + x / times];
      }
    }
    return new Picture(width * times, height * times, out);
  }

  /**
   * A contact sheet: the pictures row after row, in {@code columns}, with grey lines between. For
   * originals above their reconstructions, give first one row of originals and then theirs.
   *
   * @param pictures of one size; at least one
   */
  public static Picture sheet(int columns, List<Picture> pictures) {
    if (columns < 1 || pictures.isEmpty()) {
      throw new DataException("picture: a sheet needs at least one column and one picture");
    }
    int width = pictures.getFirst().width;
    int height = pictures.getFirst().height;
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + columns - 1) / columns;
    int sheetWidth = across * (width + 1) + 1;
    byte[] out = new byte[sheetWidth * (down * (height + 1) + 1)];
    Arrays.fill(out, (byte) 96);
    for (int i = 0; i < pictures.size(); i++) {
      var picture = pictures.get(i);
      if (picture.width != width || picture.height != height) {
        throw new DataException(
            "picture: a sheet needs pictures of one size, but the first has "
                + width
                + "x"
                + height
                + " pixels and number "
                + i
                + " has "
                + picture.width
                + "x"
                + picture.height);
      }
      int left = i % columns * (width + 1) + 1;
      int top = i / columns * (height + 1) + 1;
      for (int y = 0; y < height; y++) {
        System.arraycopy(picture.pixels, y * width, out, (top + y) * sheetWidth + left, width);
      }
    }
    return new Picture(sheetWidth, out.length / sheetWidth, out);
  }

  /**
   * Writes a PNG file, aside and then renamed.
   *
   * @throws DataException if it cannot be written
   */
  public void writePng(Path file) {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    Aside.write(
        file,
        out -> {
          if (!ImageIO.write(image, "png", out)) {
            throw new IOException("this Java has no PNG writer");
          }
        });
  }
}
