package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a.idx", "a.idx.gz"})
  void whatIsWrittenIsReadAgain(String name) {
    var file = folder.resolve("new").resolve(name);
    Idx.of(new byte[] {0, 1, -1, 127, -128, 5}, 2, 1, 3).write(file);

    var read = Idx.read(file);

    assertEquals(Idx.Type.U8, read.type());
    assertEquals(Shape.of(2, 1, 3), read.shape());
    assertArrayEquals(new byte[] {0, 1, -1, 127, -128, 5}, read.toBytes());
    assertArrayEquals(new int[] {0, 1, 255, 127, 128, 5}, read.toInts());
    assertEquals(DType.U8, read.tensor().dtype());
    assertArrayEquals(new int[] {0, 1, 255, 127, 128, 5}, read.tensor().toIntArray());
  }

  @Test
  void gzipIsSeenFromTheBytesNotFromTheName() throws IOException {
    var zipped = folder.resolve("a.gz");
    Idx.of(new byte[] {7}, 1).write(zipped);
    var renamed = Files.copy(zipped, folder.resolve("a"));

    assertArrayEquals(new byte[] {7}, Idx.read(renamed).toBytes());
  }

  @Test
  void integersAndFloatsKeepTheirValues() {
    var ints = folder.resolve("ints");
    Idx.of(new int[] {Integer.MIN_VALUE, -1, 70_000}, 3).write(ints);
    assertArrayEquals(new int[] {Integer.MIN_VALUE, -1, 70_000}, Idx.read(ints).toInts());

    var floats = folder.resolve("floats");
    Idx.of(new float[] {-0.5f, 3e30f}, 2).write(floats);
    assertArrayEquals(new float[] {-0.5f, 3e30f}, Idx.read(floats).toFloats());
    assertThrows(DataException.class, () -> Idx.read(floats).toInts());
    assertThrows(DataException.class, () -> Idx.read(floats).toBytes());
  }

  @Test
  void bytesShortsAndDoublesOfOtherWritersAreRead() throws IOException {
    assertArrayEquals(new int[] {-2, 3}, Idx.read(file(0, 0, 9, 1, 0, 0, 0, 2, 0xFE, 3)).toInts());
    assertArrayEquals(
        new int[] {-2, 259}, Idx.read(file(0, 0, 0xB, 1, 0, 0, 0, 2, 0xFF, 0xFE, 1, 3)).toInts());
    assertArrayEquals(
        new float[] {1.5f},
        Idx.read(file(0, 0, 0xE, 1, 0, 0, 0, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0)).toFloats());
  }

  @Test
  void anEmptyAxisIsAllowed() throws IOException {
    assertEquals(
        Shape.of(0, 28, 28),
        Idx.read(file(0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28)).shape());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var file = folder.resolve("nowhere");
    assertEquals(
        file + ": there is no such file or folder; check the path",
        assertThrows(DataException.class, () -> Idx.read(file)).getMessage());
  }

  @Test
  void otherFilesAreNotIdx() throws IOException {
    assertFails("so it is not an idx file", file('<', '!', 'D', 'O', 'C'));
    assertFails("so it is not an idx file", file(0, 0, 7, 1, 0, 0, 0, 0));
    assertFails("so it is not an idx file", file(0, 0, 8, 0));
    assertFails("so it is not an idx file", file(0, 0, 8, 255, 0, 0, 0, 0));
    assertFails("truncated", file());
    assertFails("truncated", file(0, 0, 8));
    assertFails("truncated", file(0, 0, 8, 2, 0, 0, 0, 1, 0, 0));
  }

  @Test
  void aLengthThatIsNotTheHeadersIsAnError() throws IOException {
    assertFails("at most 11", file(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3));
    assertFails("it has more", file(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4, 5));
    assertFails("at most 11", zipped(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3));
    assertFails("it has more", zipped(0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4, 5));
  }

  @Test
  void absurdSizesAreRefusedBeforeAnythingIsAllocated() throws IOException {
    assertFails("more than 1024 MiB", file(0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xFF));
    assertFails("more than 1024 MiB", file(0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF));
    int[] product = {0, 0, 0xE, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};
    assertFails("more than 1024 MiB", file(product));
    // 512 MiB pass the cap, but no 40 bytes of gzip unfold to that
    assertFails("at most", zipped(0, 0, 8, 1, 0x20, 0, 0, 0));
  }

  @Test
  void everyTruncationAndEveryDamagedByteOfAGzipFileIsAnError() throws IOException {
    var whole = folder.resolve("whole.gz");
    Idx.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).write(whole);
    byte[] bytes = Files.readAllBytes(whole);
    var cut = folder.resolve("cut.gz");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThrows(DataException.class, () -> Idx.read(cut), "cut after " + length);
    }
    for (int at = 10; at < bytes.length; at++) { // the ten bytes before are gzip's own, and free
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x55;
      Files.write(cut, damaged);
      assertThrows(DataException.class, () -> Idx.read(cut), "byte " + at);
    }
  }

  @Test
  void aShapeOfAnotherSizeIsRefused() {
    assertThrows(DataException.class, () -> Idx.of(new byte[5], 2, 3));
  }

  private void assertFails(String message, Path file) {
    var error = assertThrows(DataException.class, () -> Idx.read(file)).getMessage();
    assertTrue(error.contains(message) && error.startsWith(file.toString()), error);
  }

  private Path file(int... bytes) throws IOException {
    return Files.write(Files.createTempFile(folder, "case", ""), bytes(bytes));
  }

  private Path zipped(int... bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(bytes(bytes));
    }
    return Files.write(Files.createTempFile(folder, "case", ".gz"), out.toByteArray());
  }

  private static byte[] bytes(int... values) {
    var bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }
}
