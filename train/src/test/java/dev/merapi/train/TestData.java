package dev.merapi.train;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;

/** What several tests of this room need. */
final class TestData {
  private TestData() {}

  /** Returns a folder of the real data, or skips the test where it is not there. */
  static Path folder(String name) {
    var data = System.getenv("MERAPI_DATA");
    var root = Path.of(System.getProperty("merapi.root", "."));
    var folder = (data == null ? root.resolve("../shared/data") : root.resolve(data)).resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder), () -> "skipped: no " + folder + "; set MERAPI_DATA");
    return folder;
  }

  /** Returns an array of 32-bit floats of this shape: first, first + 1, first + 2 … */
  static StoredArray floats(long first, long... shape) {
    var type = ElementType.F32;
    var sizes = LongStream.of(shape).boxed().toList();
    var bytes = Arena.ofAuto().allocate(type.byteSize(sizes));
    var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bytes.byteSize() / 4; i++) {
      bytes.set(layout, 4L * i, (float) (first + i));
    }
    return new StoredArray(type, sizes, bytes);
  }

  /** Returns an array of one axis made of these bytes. */
  static StoredArray bytes(ElementType type, int... bytes) {
    var heap = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      heap[i] = (byte) bytes[i];
    }
    return new StoredArray(
        type, List.of(bytes.length * 8L / type.bits()), MemorySegment.ofArray(heap));
  }
}
