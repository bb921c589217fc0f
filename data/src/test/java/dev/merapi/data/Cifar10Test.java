package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CIFAR-10's batches, unpacked and in an archive that the test writes. */
class Cifar10Test {
  @TempDir Path folder;

  /** Pictures of one class each, whose pixels are all the class's number. */
  private static byte[] batch(int... classes) {
    byte[] bytes = new byte[classes.length * 3073];
    for (int i = 0; i < classes.length; i++) {
      Arrays.fill(bytes, i * 3073, (i + 1) * 3073, (byte) classes[i]);
    }
    return bytes;
  }

  private static void entry(ByteArrayOutputStream tar, String name, byte... content) {
    byte[] header = new byte[512];
    put(header, 0, "cifar-10-batches-bin/" + name);
    put(header, 124, "%011o".formatted(content.length));
    tar.writeBytes(header);
    tar.writeBytes(content);
    tar.writeBytes(new byte[Math.floorMod(-content.length, 512)]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private Path archive(byte... tar) throws IOException {
    var file = folder.resolve("cifar-10-binary.tar.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(tar);
    }
    return file;
  }

  private static byte[] tar() {
    var tar = new ByteArrayOutputStream();
    entry(tar, "batches.meta.txt", "airplane".getBytes(StandardCharsets.US_ASCII));
    entry(tar, "data_batch_2.bin", batch(9));
    entry(tar, "data_batch_1.bin", batch(3, 1));
    entry(tar, "test_batch.bin", batch(7));
    tar.writeBytes(new byte[1024]);
    return tar.toByteArray();
  }

  @Test
  void theArchiveIsReadWhereItLies() throws IOException {
    var file = archive(tar());
    for (var place : new Path[] {file, folder}) {
      var splits = Cifar10.load(Optional.of(place), (_, _, _) -> {});
      assertArrayEquals(new int[] {3, 1, 9}, splits.train().labels());
      assertArrayEquals(new int[] {7}, splits.test().labels());
      assertEquals(3f / 255, splits.train().gather(0).x().toArray()[3071], 1e-6);
    }
  }

  @Test
  void soAreItsFiles() throws IOException {
    var inner = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
    Files.write(inner.resolve("data_batch_1.bin"), batch(5, 6));
    assertThrows(DataException.class, () -> Cifar10.load(folder));
    Files.write(inner.resolve("test_batch.bin"), batch(2));
    assertArrayEquals(new int[] {5, 6}, Cifar10.load(folder).train().labels());
    Files.write(inner.resolve("test_batch.bin"), Arrays.copyOf(batch(2), 3000));
    assertTells("test_batch.bin", folder);
    Files.write(inner.resolve("test_batch.bin"), batch(12));
    assertTells("class 12", folder);
  }

  @Test
  void damagedArchivesAreTold() throws IOException {
    var cut = archive(Arrays.copyOf(tar(), 5000));
    assertTells("no whole archive", cut);
    Files.writeString(cut, "not found");
    assertTells("no whole archive", cut);
    byte[] wrong = tar();
    wrong[124] = 'x';
    assertTells("no whole archive", archive(wrong));
  }

  private static void assertTells(String what, Path place) {
    var e = assertThrows(DataException.class, () -> Cifar10.load(place));
    assertTrue(e.getMessage().contains(what), e.getMessage());
  }
}
