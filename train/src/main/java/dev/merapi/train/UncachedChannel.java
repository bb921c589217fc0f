package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes a large file past the operating system's cache, where that can be done: a file that nobody
 * reads soon would push out what is read, and filling the cache takes a processor that the training
 * needs. Bytes are gathered in a buffer that is written when it is full.
 */
final class UncachedChannel implements WritableByteChannel {
  /** Bytes of a file that is worth it. */
  private static final long LARGE = 16 << 20;

  private static final int BUFFER = 4 << 20;
  private static final int SMALLEST = 64 << 10;

  /** Of the module jdk.unsupported; by reflection, since javac's warning cannot be turned off. */
  private static final Optional<OpenOption> DIRECT = direct();

  private final FileChannel file;
  private final ByteBuffer buffer;
  private final int block;

  private UncachedChannel(FileChannel file, int block, long about) {
    this.file = file;
    this.block = block;
    int blocks = Math.max(1, Math.clamp(about, SMALLEST, BUFFER) / block);
    this.buffer =
        ByteBuffer.allocateDirect((blocks + 1) * block)
            .alignedSlice(block)
            .slice(0, blocks * block);
  }

  private static Optional<OpenOption> direct() {
    try {
      return Arrays.stream(Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
          .filter(each -> each.toString().equals("DIRECT"))
          .map(OpenOption.class::cast)
          .findFirst();
    } catch (ClassNotFoundException _) {
      return Optional.empty();
    }
  }

  /**
   * Makes a file of about so many bytes, for writing through the cache where it is small or cannot
   * be written past it.
   */
  static UncachedChannel create(Path path, long about) throws IOException {
    if (DIRECT.isPresent() && about >= LARGE) {
      try {
        // Java finds no store of a folder whose mount it cannot see, as in some containers.
        long block = Files.getFileStore(path.toAbsolutePath().getParent()).getBlockSize();
        return new UncachedChannel(
            FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, DIRECT.get()),
            Math.toIntExact(block),
            about);
      } catch (IOException | UnsupportedOperationException _) {
        // This file system does not know how; the file may be there all the same.
      }
    }
    return new UncachedChannel(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        1,
        about);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      int part = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(bytes.slice(bytes.position(), part));
      bytes.position(bytes.position() + part);
      if (!buffer.hasRemaining()) {
        flush(buffer.capacity());
      }
    }
    return count;
  }

  /** Writes so many bytes of the buffer. */
  private void flush(int count) throws IOException {
    buffer.position(0).limit(count);
    while (buffer.hasRemaining()) {
      file.write(buffer);
      if (buffer.position() % block != 0) {
        throw new IOException("No space left on device"); // which is why it stopped in a block
      }
    }
    buffer.clear();
  }

  /** Writes what is left, and waits until all is on the disk. */
  void finish() throws IOException {
    long size = file.position() + buffer.position();
    int padded = Math.ceilDiv(buffer.position(), block) * block;
    while (buffer.position() < padded) {
      buffer.put((byte) 0);
    }
    flush(padded);
    file.truncate(size);
    file.force(true);
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
