package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UncachedChannelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, (4 << 20) - 1, 4 << 20, (8 << 20) + 4096 + 5})
  void filesHaveAllBytesAndNoMore(int size) throws IOException {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    write(folder.resolve("small"), bytes, size);
    write(folder.resolve("large"), bytes, 1L << 30);
    // In memory there is no cache to be passed by, on some systems.
    var memory = Path.of("/dev/shm");
    if (Files.isWritable(memory)) {
      var inMemory = Files.createTempDirectory(memory, "merapi-uncached");
      try {
        write(inMemory.resolve("file"), bytes, 1L << 30);
      } finally {
        AtomicFiles.deleteFolder(inMemory);
      }
    }
  }

  private static void write(Path file, byte[] bytes, long about) throws IOException {
    try (var channel = UncachedChannel.create(file, about)) {
      // In pieces that fit no block.
      for (int at = 0; at < bytes.length; at += 1_000_003) {
        channel.write(ByteBuffer.wrap(bytes, at, Math.min(1_000_003, bytes.length - at)));
      }
      channel.finish();
    }
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  @Test
  void aMissingFolderIsAnError() {
    var file = folder.resolve("none/file");
    assertThrows(IOException.class, () -> UncachedChannel.create(file, 1));
  }
}
