package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.LabelledFiles.Naming;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFolderTest {
  private static final Shape RGB = Shape.of(3, 4, 4);

  /** 8x6 red pixels, lossless, as a browser wrote them. */
  private static final String WEBP = "UklGRhwAAABXRUJQVlA4TA8AAAAvB0ABAAcQ/Y/+ByKi/wEA";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void eachKindIsRead(String kind) throws IOException {
    picture("a/red." + kind, Color.RED, 9, 7);
    var x = set(RGB).gather(0).x().toArray();
    assertEquals(1, x[0], 0.02);
    assertEquals(0, x[16], 0.02);
    assertEquals(0, x[47], 0.02);
  }

  @Test
  void webpIsRead() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.write(folder.resolve("a/red.webp"), Base64.getDecoder().decode(WEBP));
    float[] expected = new float[48];
    Arrays.fill(expected, 0, 16, 1);
    assertArrayEquals(expected, set(RGB).gather(0).x().toArray());
  }

  @Test
  void foldersAreClassesInTheirOrder() throws IOException {
    picture("dog/1.png", Color.RED, 4, 4);
    picture("cat/2.png", Color.BLUE, 4, 4);
    picture("cat/deep/1.png", Color.BLUE, 4, 4);
    picture(".hidden/1.png", Color.BLUE, 4, 4);
    Files.writeString(folder.resolve("cat/notes.txt"), "not a picture");
    var set = set(RGB);
    assertEquals(List.of("cat", "dog"), set.classes());
    assertArrayEquals(new int[] {0, 0, 1}, set.labels());
    assertTrue(set.name(2).endsWith("dog/1.png"), set.name(2));
    assertEquals(1, files().leftOut());
  }

  @Test
  void oddSizesAreScaledAndCutToTheirMiddle() throws IOException {
    var image = new BufferedImage(12, 4, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 12; x++) {
      for (int y = 0; y < 4; y++) {
        image.setRGB(x, y, x >= 4 && x < 8 ? 0xFFFFFF : 0);
      }
    }
    write("a/wide.png", image);
    float[] white = new float[16];
    Arrays.fill(white, 1);
    assertArrayEquals(white, set(Shape.of(1, 4, 4)).gather(0).x().toArray());
  }

  @Test
  void transparencyLiesOnWhite() throws IOException {
    write("a/clear.png", new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB));
    assertEquals(1, set(RGB).gather(0).x().toArray()[0]);
  }

  @Test
  void aZipIsAFolder() throws IOException {
    picture("dog/1.png", Color.RED, 4, 4);
    picture("cat/2.png", Color.BLUE, 4, 4);
    var zip = Files.createDirectory(folder.resolve("zipped")).resolve("all.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (var name : List.of("dog/1.png", "cat/2.png")) {
        out.putNextEntry(new ZipEntry("train/" + name));
        out.write(Files.readAllBytes(folder.resolve(name)));
      }
    }
    // A folder whose files are in one zip is that zip.
    Files.writeString(zip.resolveSibling("README.md"), "where they are from");
    var files = LabelledFiles.of(zip.getParent(), PictureFolder.KINDS, Naming.FOLDERS);
    var set = PictureFolder.of(files, RGB, false);
    assertEquals(List.of("cat", "dog"), set.classes());
    float[] red = set.gather(1).x().toArray();
    assertEquals(1, red[0]);
    assertEquals(0, red[16]);
    assertTrue(set.name(1).endsWith("all.zip/train/dog/1.png"), set.name(1));
  }

  @Test
  void aTableNamesPathsAndLabels() throws IOException {
    picture("x/1.png", Color.RED, 4, 4);
    picture("x/2.png", Color.BLUE, 4, 4);
    var table = folder.resolve("all.csv");
    Files.writeString(table, "path,label\nx/1.png,warm\n\"x/2.png\",cold\n");
    var files = LabelledFiles.of(table, PictureFolder.KINDS, Naming.FOLDERS);
    assertEquals(List.of("cold", "warm"), files.classes());
    assertArrayEquals(new int[] {1, 0}, files.labels());
    Files.writeString(table, "path,label\nx/1.png,warm\nx/3.png,cold\n");
    var e =
        assertThrows(
            DataException.class,
            () -> LabelledFiles.of(table, PictureFolder.KINDS, Naming.FOLDERS));
    assertTrue(e.getMessage().contains("line 3") && e.getMessage().contains("x/3.png"));
  }

  @Test
  void theFirstLineOfATableIsNoHeaderIfItNamesAFile() throws IOException {
    picture("x/1.png", Color.RED, 4, 4);
    var table = folder.resolve("all.csv");
    Files.writeString(table, "x/0.png,warm\nx/1.png,cold\n");
    var e =
        assertThrows(
            DataException.class,
            () -> LabelledFiles.of(table, PictureFolder.KINDS, Naming.FOLDERS));
    assertTrue(e.getMessage().contains("line 1") && e.getMessage().contains("x/0.png"));
  }

  @Test
  void foldersSayWhatIsForTesting() throws IOException {
    for (var part : List.of("train", "test", "val")) {
      for (int i = 0; i < 3; i++) {
        picture("%s/a/%d.png".formatted(part, i), Color.RED, 4, 4);
        picture("%s/b/%d.png".formatted(part, i), Color.RED, 4, 4);
      }
    }
    var splits = files().split(set(RGB), 0.5, 0.5, Key.of(1));
    assertEquals(6, splits.train().size());
    assertEquals(6, splits.validation().size());
    assertTrue(splits.test().name(0).contains("test"), splits.test().name(0));
    assertEquals(List.of("a", "b"), splits.test().classes());
  }

  @Test
  void aClassThatNeverOccursInTrainingIsTold() throws IOException {
    picture("train/a/1.png", Color.RED, 4, 4);
    picture("train/b/1.png", Color.RED, 4, 4);
    picture("test/a/1.png", Color.RED, 4, 4);
    picture("test/c/1.png", Color.RED, 4, 4);
    var e = assertThrows(DataException.class, () -> files().split(set(RGB), 0, 0.2, Key.of(1)));
    assertTrue(e.getMessage().contains("`c` never occurs in training"), e.getMessage());
    assertTrue(e.getMessage().contains("test/c/1.png"), e.getMessage());
  }

  @Test
  void partsAreDrawnByClassWhereNoFolderSaysThem() throws IOException {
    for (int i = 0; i < 10; i++) {
      picture("a/%d.png".formatted(i), Color.RED, 4, 4);
      picture("b/%d.png".formatted(i), Color.RED, 4, 4);
    }
    var splits = files().split(set(RGB), 0.25, 0.2, Key.of(1));
    assertArrayEquals(new int[] {2, 2}, splits.test().histogram());
    assertArrayEquals(new int[] {2, 2}, splits.validation().histogram());
    assertArrayEquals(new int[] {6, 6}, splits.train().histogram());
  }

  @Test
  void namesCanSayClassAndPart() throws IOException {
    picture("7_anna_0.png", Color.RED, 4, 4);
    picture("3_anna_1.png", Color.RED, 4, 4);
    var naming =
        new Naming(
            Optional.of(Pattern.compile("(\\d)_.*")), Optional.of(Pattern.compile(".*_0\\.png")));
    var files = LabelledFiles.of(folder, PictureFolder.KINDS, naming);
    assertEquals(List.of("3", "7"), files.classes());
    assertEquals(LabelledFiles.Part.TEST, files.items().get(1).part());
    picture("nine.png", Color.RED, 4, 4);
    var e =
        assertThrows(
            DataException.class, () -> LabelledFiles.of(folder, PictureFolder.KINDS, naming));
    assertTrue(e.getMessage().contains("nine.png"), e.getMessage());
  }

  @Test
  void aBrokenPictureIsNamedOrLeftOut() throws IOException {
    picture("a/good.png", Color.RED, 4, 4);
    Files.writeString(folder.resolve("a/text.png"), "no picture");
    byte[] whole = Files.readAllBytes(folder.resolve("a/good.png"));
    Files.write(folder.resolve("a/cut.png"), Arrays.copyOf(whole, whole.length / 2));
    var e = assertThrows(DataException.class, () -> set(RGB));
    assertTrue(
        e.getMessage().contains("cut.png") && e.getMessage().contains("skip"), e.getMessage());
    var read = PictureFolder.of(files(), RGB, true);
    assertEquals(1, read.size());
    assertEquals(2, read.broken().size());
    assertTrue(read.broken().getLast().contains("text.png"), read.broken().toString());
  }

  @Test
  void whatIsNoSetIsSaid() throws IOException {
    var nothing = assertThrows(DataException.class, this::files);
    assertTrue(nothing.getMessage().contains("png"), nothing.getMessage());
    picture("loose.png", Color.RED, 4, 4);
    var loose = assertThrows(DataException.class, this::files);
    assertTrue(loose.getMessage().contains("folder of its own"), loose.getMessage());
    var zip = folder.resolve("not.zip");
    Files.writeString(zip, "text");
    var broken =
        assertThrows(
            DataException.class, () -> LabelledFiles.of(zip, PictureFolder.KINDS, Naming.FOLDERS));
    assertTrue(broken.getMessage().contains("not.zip"), broken.getMessage());
  }

  @Test
  void aFolderWithoutPermissionIsNamed() throws IOException {
    picture("a/1.png", Color.RED, 4, 4);
    var locked = folder.resolve("a");
    assumeTrue(locked.toFile().setReadable(false) && !Files.isReadable(locked), "root reads all");
    var e = assertThrows(DataException.class, this::files);
    assertTrue(e.getMessage().contains("permission"), e.getMessage());
  }

  @Test
  void streamedPicturesAreThoseThatAreKept() throws IOException {
    for (int i = 0; i < 9; i++) {
      picture("a/%d.png".formatted(i), new Color(20 * i, 0, 255 - i), 5, 6);
    }
    var kept = PictureFolder.of(files(), RGB, false);
    var streamed = PictureFolder.of(files(), RGB, false, 0);
    assertTrue(streamed.isSlow() && !kept.isSlow());
    assertEquals(0, streamed.bytes());
    assertEquals(kept.fingerprint(), streamed.fingerprint());
    var key = Key.of(3);
    var one = kept.batches(4, key).epoch(2).iterator();
    var other = streamed.select(Rows.range(0, 9)).batches(4, key).epoch(2).iterator();
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(one.next().x().toArray(), other.next().x().toArray());
    }
    assertTrue(!one.hasNext() && !other.hasNext());
    // What goes wrong while it is read ahead is told to whoever reads.
    Files.delete(folder.resolve("a/3.png"));
    var batches = streamed.batches(1).epoch(0).iterator();
    var e = assertThrows(DataException.class, () -> batches.forEachRemaining(_ -> {}));
    assertTrue(e.getMessage().contains("3.png"), e.getMessage());
  }

  @Test
  void cifarIsRead() {
    var place = RealData.folder("cifar10-jpg");
    assumeTrue(place.isPresent(), "MERAPI_DATA has no cifar10-jpg");
    var files = LabelledFiles.of(place.get(), Set.of("jpg"), Naming.FOLDERS);
    var splits =
        files.split(PictureFolder.of(files, Shape.of(3, 32, 32), false), 0, 0.2, Key.of(1));
    assertEquals(4_000, splits.train().size());
    assertEquals(100, splits.test().histogram()[3]);
    assertEquals("airplane", splits.test().classes().getFirst());
  }

  // ---- makings

  private LabelledFiles files() {
    return LabelledFiles.of(folder, PictureFolder.KINDS, Naming.FOLDERS);
  }

  private PictureFolder set(Shape shape) {
    return PictureFolder.of(files(), shape, false);
  }

  private void picture(String name, Color color, int width, int height) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, color.getRGB());
    }
    write(name, image);
  }

  private void write(String name, BufferedImage image) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile()));
  }
}
