package dev.merapi.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named arrays and a few strings about them, in the <a
 * href="https://github.com/huggingface/safetensors">safetensors</a> format: 8 bytes with the length
 * of the header (little-endian), the header in JSON, then the arrays' bytes, one after the other.
 *
 * <p>A file is trusted in nothing. Every number of the header is checked before it is used, with
 * arithmetic that cannot overflow, and what is allocated is bounded by the size of the file.
 *
 * @param arrays the arrays by name; as they were read, in the order of their bytes
 * @param metadata free strings about the file, such as {@code format → pt}
 */
public record Safetensors(Map<String, StoredArray> arrays, Map<String, String> metadata) {
  /** Bytes are handed to a channel in pieces, since a buffer cannot be longer than 2 GiB. */
  private static final int PIECE = 1 << 22;

  /** Keeps unmodifiable copies of both maps, in their order. */
  public Safetensors {
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Opens a file. The arrays' bytes are mapped, not copied: a file of many gigabytes opens in the
   * time that its header takes. The mapping lives for as long as one of its arrays is in use. A
   * mapped file may be replaced by a rename or deleted, but must not be shortened or overwritten.
   *
   * @throws FileException if the file cannot be read or breaks a rule of the format
   */
  public static Safetensors read(Path file) {
    return read(file, Arena.ofAuto());
  }

  /**
   * The same with a mapping that ends with an arena, so that what was read of the file takes no
   * memory any more.
   */
  public static Safetensors read(Path file, Arena arena) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileException(file, "this is not a plain file", "give a .safetensors file");
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return of(file, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
  }

  /**
   * Reads the bytes of a file; the arrays are parts of them.
   *
   * @param file what to call it in messages
   * @throws FileException if they break a rule of the format
   */
  public static Safetensors of(Path file, MemorySegment bytes) {
    var problem = new SafetensorsHeader.Problem(file);
    if (bytes.byteSize() < 8) {
      throw problem.truncated("%d bytes are too few for a header".formatted(bytes.byteSize()));
    }
    long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 0 || length > SafetensorsHeader.LARGEST) {
      throw problem.malformed(
          "the header is said to have %s bytes, and 100,000,000 is the most"
              .formatted(Long.toUnsignedString(length)));
    }
    if (length > bytes.byteSize() - 8) {
      throw problem.truncated(
          "the header is said to have %d bytes, and %d are left in the file"
              .formatted(length, bytes.byteSize() - 8));
    }
    var header =
        SafetensorsHeader.parse(bytes.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE), problem);
    var data = bytes.asSlice(8 + length);
    header.check(data.byteSize(), problem);
    var arrays = new LinkedHashMap<String, StoredArray>();
    for (var entry : header.entries()) {
      arrays.put(
          entry.name(),
          new StoredArray(
              entry.type(),
              entry.shape(),
              data.asSlice(entry.start(), entry.end() - entry.start())));
    }
    return new Safetensors(arrays, header.metadata());
  }

  /**
   * Writes the file aside and renames it, so that it is whole or not there.
   *
   * @throws FileException if it cannot be written; an earlier file of this name is then untouched
   */
  public void write(Path file) {
    AtomicFiles.write(file, this::writeTo);
  }

  /**
   * Writes the bytes of the file. Wide types come first, so that each array starts at a multiple of
   * its element's size, and the header is padded to 8 bytes, as the format's own library does.
   *
   * @throws IllegalArgumentException if a name is reserved or the header is longer than 100 MB
   */
  void writeTo(WritableByteChannel channel) throws IOException {
    var ordered = new LinkedHashMap<String, StoredArray>();
    arrays.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<String, StoredArray> e) -> -e.getValue().type().bits())
                .thenComparing(Map.Entry::getKey))
        .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
    var header = SafetensorsHeader.format(ordered, metadata);
    var prefix = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    writeAll(channel, prefix.putLong(header.length).put(header).flip());
    for (var array : ordered.values()) {
      write(channel, array.bytes());
    }
  }

  private static void write(WritableByteChannel channel, MemorySegment bytes) throws IOException {
    for (long at = 0; at < bytes.byteSize(); at += PIECE) {
      var piece = bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at));
      writeAll(
          channel,
          piece.isNative()
              ? piece.asByteBuffer()
              : ByteBuffer.wrap(piece.toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  private static void writeAll(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
