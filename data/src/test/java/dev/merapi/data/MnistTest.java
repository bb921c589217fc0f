package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.PictureSet.Published;
import dev.merapi.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  private static final int PIXELS = 28 * 28;

  @TempDir Path folder;

  /** Writes {@code count} pictures; every pixel of picture i is i, its label i mod 10. */
  private void write(String part, int count, String suffix) {
    byte[] pixels = new byte[count * PIXELS];
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      Arrays.fill(pixels, i * PIXELS, (i + 1) * PIXELS, (byte) i);
      labels[i] = (byte) (i % 10);
    }
    Idx.of(pixels, count, 28, 28).write(folder.resolve(part + "-images-idx3-ubyte" + suffix));
    Idx.of(labels, count).write(folder.resolve(part + "-labels-idx1-ubyte" + suffix));
  }

  @Test
  void theFilesMayBeGzippedOrNot() {
    write("train", 12, ".gz");
    write("t10k", 5, "");

    var mnist = Mnist.load(folder);

    assertEquals(12, mnist.train().size());
    assertEquals(0, mnist.validation().size());
    assertEquals(5, mnist.test().size());
    assertEquals(List.of(), mnist.notes());
    assertEquals(Shape.of(1, 28, 28), mnist.train().features());
    assertEquals(10, mnist.train().classes().size());
    var batch = mnist.train().gather(11);
    assertEquals(11 / 255f, batch.x().toArray()[0], 1e-7f);
    assertArrayEquals(new int[] {1}, batch.y().toIntArray());
  }

  @Test
  void filesWithoutAPictureAreRefused() {
    write("train", 12, "");
    write("t10k", 0, ".gz");
    var error = assertThrows(DataException.class, () -> Mnist.load(folder));
    assertEquals(
        folder.resolve("t10k-images-idx3-ubyte.gz")
            + ": it holds no pictures; give the files of mnist",
        error.getMessage());
  }

  @Test
  void withoutTestFilesAPartIsHeldOutAndThatIsSaid() {
    write("train", 60, "");

    var fashion = FashionMnist.load(folder);

    assertEquals(50, fashion.train().size());
    assertEquals(10, fashion.test().size());
    assertEquals(
        List.of(
            folder
                + " has no test files: 10 of the 60 training pictures, drawn with a fixed seed, are"
                + " held out as the test set"),
        fashion.notes());
    int[] seen =
        IntStream.concat(pictures(fashion.train()), pictures(fashion.test())).sorted().toArray();
    assertArrayEquals(Rows.range(0, 60), seen);
    assertArrayEquals(
        pictures(fashion.test()).toArray(), pictures(FashionMnist.load(folder).test()).toArray());
    assertEquals("Ankle boot", fashion.train().classes().get(9));
  }

  private static IntStream pictures(Dataset data) {
    float[] x = data.gather(Rows.range(0, data.size())).x().toArray();
    return IntStream.range(0, data.size()).map(i -> Math.round(x[i * PIXELS] * 255));
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    assertFails("there is no such folder", folder.resolve("nowhere"));
    assertFails(
        "there is no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz) in it", folder);
    write("train", 3, "");
    write("t10k", 3, "");
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
    assertFails("it has the t10k images but no t10k-labels-idx1-ubyte", folder);
    Files.delete(folder.resolve("train-images-idx3-ubyte"));
    assertFails("it has the train labels but no train-images-idx3-ubyte", folder);
  }

  @Test
  void filesThatDoNotBelongTogetherAreRefused() {
    write("train", 3, "");
    var labels = folder.resolve("train-labels-idx1-ubyte");
    Idx.of(new byte[] {0, 1}, 2).write(labels);
    assertFails("it has 2 labels, but", folder);
    Idx.of(new byte[] {0, 10, 1}, 3).write(labels);
    assertFails("label 1 is 10, but mnist has the classes 0 to 9", folder);
    Idx.of(new int[] {0, 1, 2}, 3).write(labels);
    assertFails("it holds I32 values of the shape (3,)", folder);
    Idx.of(new byte[12], 3, 2, 2).write(folder.resolve("train-images-idx3-ubyte"));
    assertFails("it holds U8 values of the shape (3, 2, 2)", folder);
  }

  private static void assertFails(String message, Path folder) {
    var error = assertThrows(DataException.class, () -> Mnist.load(folder)).getMessage();
    assertTrue(error.contains(message), error);
  }

  @Test
  void theFolderGivenComesFirstThenTheSharedOneThenTheCache() throws IOException {
    write("train", 12, "");
    var small =
        new PictureSet(
            "small",
            List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
            List.of("http://127.0.0.1:1"),
            published());
    var shared = Files.createDirectories(folder.resolve("shared/small"));
    copyTo(shared);
    var cache = Files.createDirectories(folder.resolve("cache/small"));
    copyTo(cache);
    var both =
        Map.of(
            "MERAPI_DATA",
            folder.resolve("shared").toString(),
            "MERAPI_CACHE",
            folder.resolve("cache").toString());
    var onlyCache =
        Map.of(
            "MERAPI_DATA",
            folder.resolve("nowhere").toString(),
            "MERAPI_CACHE",
            folder.resolve("cache").toString());

    assertFrom(folder, small.load(Optional.of(folder), both, Progress.SILENT));
    assertFrom(shared, small.load(Optional.empty(), both, Progress.SILENT));
    assertFrom(cache, small.load(Optional.empty(), onlyCache, Progress.SILENT));
  }

  private static void assertFrom(Path expected, Splits splits) {
    assertTrue(splits.notes().getFirst().startsWith(expected + " has"), splits.notes().toString());
  }

  private void copyTo(Path other) throws IOException {
    for (var one : published()) {
      Files.copy(folder.resolve(one.file()), other.resolve(one.file()));
    }
  }

  private List<Published> published() {
    return List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte").stream()
        .map(
            name ->
                new Published(
                    name, folder.resolve(name).toFile().length(), Sha256.of(folder.resolve(name))))
        .toList();
  }

  @Test
  void theRealMnistIsRead() {
    var real = RealData.folder("mnist");
    assumeTrue(real.isPresent(), "skipped: no folder mnist in MERAPI_DATA");

    var mnist = Mnist.load(real.get());

    assertEquals(60_000, mnist.train().size());
    assertEquals(10_000, mnist.test().size());
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
        mnist.train().histogram());
    assertArrayEquals(new int[] {7, 2, 1, 0, 4}, Arrays.copyOf(mnist.test().labels(), 5));
    var normalisation = Normalisation.measure(mnist.train());
    assertEquals(0.1307f, normalisation.mean()[0], 1e-4f); // the numbers of every tutorial
    assertEquals(0.3081f, normalisation.deviation()[0], 1e-4f);
  }

  @Test
  void theRealFashionMnistIsRead() {
    var real = RealData.folder("fashion-mnist");
    assumeTrue(real.isPresent(), "skipped: no folder fashion-mnist in MERAPI_DATA");

    var fashion = FashionMnist.load(real.get());

    assertEquals(
        60_000 + (fashion.notes().isEmpty() ? 10_000 : 0),
        fashion.train().size() + fashion.test().size());
    assertEquals(10_000, fashion.test().size());
  }
}
