package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads picture files, with as little trust in them as a file from anywhere deserves. */
final class PictureReader {
  private static final long MOST_PIXELS = 100_000_000;
  private static final int HEAD = 1 << 17; // bytes, which hold the notes of a camera
  private static final int LONGEST = 2_048; // pixels a side that are kept

  private PictureReader() {}

  static Picture read(Path file) {
    try (var in = new BufferedInputStream(Files.newInputStream(file), HEAD)) {
      in.mark(HEAD);
      var orientation = Orientation.of(in.readNBytes(HEAD));
      in.reset();
      return read(file, in, orientation);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /**
   * The pixels of a picture of another size, upright, scaled until it covers the wanted one, and
   * cut to its middle; transparent ones lie on white.
   *
   * @param file what to call it in messages
   * @param shape (channels, height, width), with 1 channel for grey or 3 for red, green and blue
   * @return channel after channel
   */
  static byte[] pixels(Path file, byte[] bytes, Shape shape) {
    try {
      var image = image(file, new ByteArrayInputStream(bytes));
      var orientation = Orientation.of(Arrays.copyOf(bytes, Math.min(bytes.length, HEAD)));
      return Fitting.of(image, orientation, shape);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /** A picture's size in its file. */
  static Dimension size(Path file, byte[] bytes) {
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      var readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw noPicture(file);
      }
      var reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return new Dimension(reader.getWidth(0), reader.getHeight(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  private static DataException noPicture(Path file) {
    return DataException.of(file, "it is not a picture", "give a PNG, JPEG, GIF, BMP or WebP file");
  }

  private static Picture read(Path file, InputStream in, Orientation orientation)
      throws IOException {
    return grey(image(file, in), orientation);
  }

  private static BufferedImage image(Path file, InputStream in) throws IOException {
    try (ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
      var readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw noPicture(file);
      }
      var reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return decode(file, reader);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage decode(Path file, ImageReader reader) {
    var complaints = new ArrayList<String>();
    reader.addIIOReadWarningListener(
        (IIOReadWarningListener) (_, complaint) -> complaints.add(complaint));
    BufferedImage image;
    try {
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width * height > MOST_PIXELS) {
        throw DataException.of(
            file,
            "it has " + width + "x" + height + " pixels, more than " + MOST_PIXELS,
            "give a smaller picture");
      }
      var parameters = reader.getDefaultReadParam();
      int step = (int) ((Math.max(width, height) + LONGEST - 1) / LONGEST);
      parameters.setSourceSubsampling(step, step, 0, 0);
      image = reader.read(0, parameters);
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the JDK's readers meet damage with either
      throw new DataException(
          file
              + ": the picture cannot be decoded, it may be truncated or damaged ("
              + DataException.reason(e)
              + "); save it again, best as PNG",
          e);
    }
    if (isCut(complaints)) {
      throw DataException.of(file, "the picture is truncated", "save it again");
    }
    return image;
  }

  /** The JPEG reader fills a truncated picture up with grey and only warns. */
  private static boolean isCut(List<String> complaints) {
    return complaints.stream().anyMatch(text -> text.contains("remature end"));
  }

  private static Picture grey(BufferedImage image, Orientation orientation) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] light = new int[width * height];
    int[] opacity = new int[width * height];
    boolean plain =
        image.getColorModel() instanceof ComponentColorModel
            && image.getRaster().getNumBands() <= 2;
    for (int y = 0; y < height; y++) {
      if (plain) {
        greyRow(image, y, light, opacity);
      } else {
        colourRow(image, y, light, opacity);
      }
    }
    int paper = paper(light, opacity);
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((light[i] * opacity[i] + paper * (255 - opacity[i]) + 127) / 255);
    }
    return orientation.upright(width, height, pixels);
  }

  /**
   * Grey samples as they are stored: getRGB would bend them by the gamma of the grey colour space.
   */
  private static void greyRow(BufferedImage image, int y, int[] light, int[] opacity) {
    var raster = image.getRaster();
    int width = image.getWidth();
    int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    for (int x = 0; x < width; x++) {
      light[y * width + x] = raster.getSample(x, y, 0) * 255 / most;
      opacity[y * width + x] =
          raster.getNumBands() == 1 ? 255 : raster.getSample(x, y, 1) * 255 / most;
    }
  }

  /** Luma of ITU-R BT.601, in 1/256. */
  static int luma(int argb) {
    return (77 * (argb >> 16 & 0xFF) + 150 * (argb >> 8 & 0xFF) + 29 * (argb & 0xFF)) >> 8;
  }

  private static void colourRow(BufferedImage image, int y, int[] light, int[] opacity) {
    int width = image.getWidth();
    int[] row = image.getRGB(0, y, width, 1, new int[width], 0, width);
    for (int x = 0; x < width; x++) {
      int argb = row[x];
      light[y * width + x] = luma(argb);
      opacity[y * width + x] = argb >>> 24;
    }
  }

  private static int paper(int[] light, int[] opacity) {
    long sum = 0;
    long weight = 0;
    for (int i = 0; i < light.length; i++) {
      sum += (long) light[i] * opacity[i];
      weight += opacity[i];
    }
    return 2 * sum > 255 * weight ? 0 : 255;
  }
}
