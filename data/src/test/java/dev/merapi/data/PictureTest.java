package dev.merapi.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
  @TempDir Path folder;

  private static Picture gradient(int width, int height) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7);
    }
    return Picture.of(width, height, pixels);
  }

  /** A ring, 200 pixels high and 120 wide, off the middle of a canvas of 400x300. */
  private static BufferedImage ring(Color paper, Color ink, int type, float pen) {
    var image = new BufferedImage(400, 300, type);
    var graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    if (type != BufferedImage.TYPE_INT_ARGB) {
      graphics.setColor(paper);
      graphics.fillRect(0, 0, 400, 300);
    }
    graphics.setColor(ink);
    graphics.setStroke(new BasicStroke(pen));
    graphics.draw(new Ellipse2D.Float(220, 40, 120, 200));
    graphics.dispose();
    return image;
  }

  private Path save(BufferedImage image, String format) throws IOException {
    var file = folder.resolve("picture." + format);
    assertTrue(ImageIO.write(image, format, file.toFile()));
    return file;
  }

  @Test
  void aPngKeepsEveryShadeOfGrey() {
    var picture = gradient(19, 23);
    var file = folder.resolve("new/grey.png");
    picture.writePng(file);

    var read = Picture.read(file);

    assertEquals(19, read.width());
    assertEquals(23, read.height());
    assertArrayEquals(picture.pixels(), read.pixels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void aRingIsFoundInEveryFormat(String format) throws IOException {
    var image = ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB, 24);
    assertRing(Picture.read(save(image, format)).digit());
  }

  @Test
  void inkMayBeLightOrDarkColouredOrOnNothing() throws IOException {
    int rgb = BufferedImage.TYPE_INT_RGB;
    int argb = BufferedImage.TYPE_INT_ARGB;
    assertRing(Picture.read(save(ring(Color.BLACK, Color.WHITE, rgb, 24), "png")).digit());
    assertRing(Picture.read(save(ring(Color.YELLOW, Color.BLUE, rgb, 24), "png")).digit());
    assertRing(Picture.read(save(ring(Color.DARK_GRAY, Color.LIGHT_GRAY, rgb, 24), "png")).digit());
    assertRing(Picture.read(save(ring(Color.WHITE, Color.BLACK, argb, 24), "png")).digit());
    assertRing(Picture.read(save(ring(Color.WHITE, Color.WHITE, argb, 24), "png")).digit());
    assertRing(
        Picture.read(save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_BYTE_GRAY, 24), "png"))
            .digit());
    assertRing(
        Picture.read(
                save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_USHORT_GRAY, 24), "png"))
            .digit());
    assertRing(
        Picture.read(
                save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_BYTE_BINARY, 24), "png"))
            .digit());
  }

  @ParameterizedTest
  @ValueSource(floats = {2, 6, 30})
  void thinPensAreThickened(float pen) throws IOException {
    assertRing(
        Picture.read(save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB, pen), "png"))
            .digit());
  }

  /** 20 rows high, about 12 columns wide, full ink, a hole, and in the middle. */
  private static void assertRing(Picture digit) {
    assertEquals(28, digit.width());
    assertEquals(28, digit.height());
    int top = 28;
    int bottom = 0;
    int left = 28;
    int right = 0;
    int full = 0;
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        full += digit.at(x, y) > 200 ? 1 : 0;
        if (digit.at(x, y) > 100) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    assertEquals(20, bottom - top + 1, 1);
    assertEquals(12.6, right - left + 1, 1.5);
    assertEquals(14, (top + bottom) / 2.0, 1);
    assertEquals(14, (left + right) / 2.0, 1);
    assertTrue(digit.at(14, 14) < 20, "no hole");
    assertTrue(full > 40, "faint: " + full);
    assertEquals(0, digit.at(0, 0));
  }

  @Test
  void aPhotographsShadowAndNoiseAreNotInk() throws IOException {
    var image = ring(Color.WHITE, new Color(40, 40, 60), BufferedImage.TYPE_INT_RGB, 20);
    var random = new java.util.Random(3);
    for (int y = 0; y < 300; y++) {
      for (int x = 0; x < 400; x++) {
        int light =
            new Color(image.getRGB(x, y)).getRed() * (190 + x / 10) / 255 + random.nextInt(9);
        image.setRGB(x, y, new Color(light, light, light).getRGB());
      }
    }
    assertRing(Picture.read(save(image, "jpg")).digit());
  }

  @Test
  void pictureOfTheDataSetsComeOutAsTheyWere() {
    assertUnchanged(Digits.of(200, Key.of(3)), 12);
    var real = RealData.folder("mnist");
    assumeTrue(real.isPresent(), "skipped: no folder mnist in MERAPI_DATA");
    assertUnchanged(Mnist.load(real.get()).test().take(200), 8);
  }

  /** The mean difference of a pixel, of 255, stays small: the ink has been fitted once already. */
  private static void assertUnchanged(Dataset data, double most) {
    double difference = 0;
    var pictures = Picture.all(data.gather(Rows.range(0, data.size())).x());
    for (var picture : pictures) {
      byte[] digit = picture.digit().pixels();
      byte[] original = picture.pixels();
      for (int i = 0; i < digit.length; i++) {
        difference += Math.abs((digit[i] & 0xFF) - (original[i] & 0xFF));
      }
    }
    difference /= pictures.size() * 784.0;
    assertTrue(difference < most, "mean difference " + difference);
  }

  @Test
  void aBlankPictureHasNoDigit() {
    var blank = Picture.of(30, 20, new byte[600]);
    var error = assertThrows(DataException.class, blank::digit).getMessage();
    assertTrue(error.contains("no digit to be seen"), error);
    assertThrows(DataException.class, () -> Picture.of(1, 1, new byte[] {9}).digit());
  }

  @Test
  void onePixelAndOneLineAreDigitsOfASort() {
    byte[] pixels = new byte[31 * 31];
    pixels[15 * 31 + 15] = -1;
    assertTrue(Picture.of(31, 31, pixels).digit().at(14, 14) > 200);
    for (int y = 3; y < 28; y++) {
      pixels[y * 31 + 15] = -1;
    }
    assertTrue(Picture.of(31, 31, pixels).digit().at(14, 14) > 200);
  }

  @Test
  void whatIsNoPictureIsSaid() throws IOException {
    assertFails("there is no such file", folder.resolve("nowhere.png"));
    assertFails("it is not a picture", Files.writeString(folder.resolve("a.png"), "hello"));
    assertFails("it is not a picture", Files.write(folder.resolve("empty.png"), new byte[0]));
    assertThrows(DataException.class, () -> Picture.read(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void aTruncatedPictureIsAnErrorWhereverItIsCut(String format) throws IOException {
    var whole = save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB, 24), format);
    byte[] bytes = Files.readAllBytes(whole);
    var cut = folder.resolve("cut." + format);
    for (double share : new double[] {0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9}) {
      Files.write(cut, Arrays.copyOf(bytes, (int) (bytes.length * share)));
      assertThrows(DataException.class, () -> Picture.read(cut), format + " cut at " + share);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void damageIsNeverAnythingButADataException(String format) throws IOException {
    var whole = save(ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB, 24), format);
    byte[] bytes = Files.readAllBytes(whole);
    var damaged = folder.resolve("damaged." + format);
    var random = new java.util.Random(5);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] copy = bytes.clone();
      int reach =
          i % 2 == 0 ? Math.min(200, copy.length) : copy.length; // headers are the delicate part
      for (int flips = 0; flips < 3; flips++) {
        copy[random.nextInt(reach)] = (byte) random.nextInt();
      }
      Files.write(damaged, copy);
      try {
        Picture.read(damaged);
      } catch (DataException _) {
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void aHugePictureIsRefusedBeforeItIsDecoded() throws IOException {
    assertFails("it has 60000x60000 pixels", pngHeader(60_000, 60_000));
  }

  /** The eight ways to store the picture 0 255 / 255 255 / 255 128 so that it is shown as that. */
  @ParameterizedTest
  @CsvSource({
    "1, 2, 'K.,..,.g'", "2, 2, '.K,..,g.'", "3, 2, 'g.,..,.K'", "4, 2, '.g,..,K.'",
    "5, 3, 'K..,..g'", "6, 3, '..g,K..'", "7, 3, 'g..,..K'", "8, 3, '..K,g..'"
  })
  void aPhotographIsTurnedAsTheCameraNotes(int code, int width, String stored) {
    for (boolean little : new boolean[] {true, false}) {
      byte[] taken = new byte[6];
      String rows = stored.replace(",", "");
      for (int i = 0; i < taken.length; i++) {
        taken[i] = (byte) (rows.charAt(i) == 'K' ? 0 : rows.charAt(i) == 'g' ? 128 : 255);
      }
      var upright = Orientation.of(exif(code, little)).upright(width, 6 / width, taken);
      assertEquals(2, upright.width());
      assertArrayEquals(new byte[] {0, -1, -1, -1, -1, -128}, upright.pixels());
    }
  }

  /** A JPEG's beginning: its marker, a block of JFIF, and one of Exif with one note. */
  private static byte[] exif(int code, boolean little) {
    var head = ByteBuffer.allocate(48);
    head.putShort((short) 0xFFD8).putShort((short) 0xFFE0).putShort((short) 4).putShort((short) 0);
    head.putShort((short) 0xFFE1).putShort((short) 36).put("Exif\0\0".getBytes(US_ASCII));
    head.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    head.put((little ? "II" : "MM").getBytes(US_ASCII)).putShort((short) 42).putInt(8);
    head.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    head.putShort((short) code);
    return head.array();
  }

  @Test
  void aPhotographOfAPhoneIsReadUpright() throws IOException {
    var image = ring(Color.WHITE, Color.BLACK, BufferedImage.TYPE_BYTE_GRAY, 24);
    byte[] jpeg = Files.readAllBytes(save(image, "jpg"));
    byte[] note = exif(6, false);
    var bytes = ByteBuffer.allocate(jpeg.length + 38);
    bytes.put(jpeg, 0, 2).put(note, 8, 38).put(jpeg, 2, jpeg.length - 2);
    var file = Files.write(folder.resolve("phone.jpg"), bytes.array());

    var lying = Picture.read(folder.resolve("picture.jpg"));
    var upright = Picture.read(file);

    assertEquals(300, upright.width());
    assertEquals(400, upright.height());
    assertEquals(lying.pixels()[20 * 400 + 30], upright.pixels()[30 * 300 + 279]);
    int ink = 140 * 400 + 221; // the ring's left edge, which comes to lie above
    assertEquals(lying.pixels()[ink], upright.pixels()[221 * 300 + 159]);
    assertTrue((upright.pixels()[221 * 300 + 159] & 0xFF) < 100);
  }

  @Test
  void damagedNotesOfACameraAreLeftOut() {
    byte[] head = exif(6, true);
    for (int length = 0; length < 44; length++) {
      assertEquals(Orientation.UPRIGHT, Orientation.of(Arrays.copyOf(head, length)));
    }
    assertEquals(new Orientation(6), Orientation.of(head));
    assertEquals(Orientation.UPRIGHT, Orientation.of(exif(9, true)));
    head[22] = -1; // a directory behind the end
    assertEquals(Orientation.UPRIGHT, Orientation.of(head));
  }

  @Test
  void aLargePictureIsReadCoarser() throws IOException {
    var image = new BufferedImage(6000, 20, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(3000, 6, 0, 200);
    var read = Picture.read(save(image, "png"));
    assertEquals(2000, read.width());
    assertEquals(200, read.at(1000, 2));
  }

  private void assertFails(String message, Path file) {
    var error = assertThrows(DataException.class, () -> Picture.read(file)).getMessage();
    assertTrue(error.contains(message) && error.startsWith(file.toString()), error);
  }

  /** A PNG file that says how large it is and then has next to nothing. */
  private Path pngHeader(int width, int height) throws IOException {
    var header =
        ByteBuffer.allocate(17).put("IHDR".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    header.putInt(width).putInt(height).put(new byte[] {8, 0, 0, 0, 0});
    var crc = new CRC32();
    crc.update(header.array());
    var out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
    out.write(header.array());
    out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    return Files.write(folder.resolve("huge.png"), out.toByteArray());
  }

  @Test
  void tensorsAndPicturesGoBothWays() {
    var tensor = Tensor.of(new float[] {0, 0.5f, 1, 2, -1, 1}, 1, 1, 2, 3);
    var pictures = Picture.all(tensor);
    assertEquals(1, pictures.size());
    assertArrayEquals(new byte[] {0, (byte) 128, -1, -1, 0, -1}, pictures.getFirst().pixels());
    assertEquals(Shape.of(1, 1, 2, 3), pictures.getFirst().tensor().shape());
    assertEquals(128 / 255f, pictures.getFirst().tensor().toArray()[1]);
    assertThrows(DataException.class, () -> Picture.all(Tensor.of(new float[6], 2, 3)));
    assertThrows(DataException.class, () -> Picture.all(Tensor.of(new float[6], 1, 3, 1, 2)));
    assertThrows(DataException.class, () -> Picture.of(2, 2, new byte[5]));
  }

  @Test
  void aSheetHasThePicturesInRowsWithLinesBetween() {
    var black = Picture.of(2, 1, new byte[2]);
    var white = Picture.of(2, 1, new byte[] {-1, -1});
    var sheet = Picture.sheet(2, List.of(black, white, white));
    assertEquals(7, sheet.width());
    assertEquals(5, sheet.height());
    assertEquals(0, sheet.at(1, 1));
    assertEquals(255, sheet.at(4, 1));
    assertEquals(255, sheet.at(1, 3));
    assertEquals(96, sheet.at(0, 0));
    assertEquals(96, sheet.at(4, 3));
    assertEquals(21, sheet.enlarged(3).width());
    assertEquals(255, sheet.enlarged(3).at(14, 5));
    assertThrows(DataException.class, () -> Picture.sheet(2, List.of()));
    assertThrows(DataException.class, () -> Picture.sheet(2, List.of(black, gradient(3, 3))));
    assertEquals(4, Picture.sheet(9, Collections.nCopies(1, black)).width());
  }
}
