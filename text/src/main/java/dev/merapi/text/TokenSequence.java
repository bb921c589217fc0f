package dev.merapi.text;

import dev.merapi.data.Aside;
import dev.merapi.data.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * The ids of a text, one after another: in memory, or mapped from a file that may be larger than
 * it. Immutable, and safe to use from several threads.
 *
 * <p>The file: the eight letters {@code MERAPITK}, a version (1) and the bytes of an id (2 or 4) as
 * ints, the ids, and their number as a long; all little-endian. Two bytes an id serve vocabularies
 * of up to 65,536.
 */
public final class TokenSequence {
  private static final byte[] MAGIC = {'M', 'E', 'R', 'A', 'P', 'I', 'T', 'K'};
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int FOOTER = 8;
  private static final int NARROW = 1 << 16;
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INTS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONGS =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment ids;
  private final int width; // bytes of an id

  private TokenSequence(MemorySegment ids, int width) {
    this.ids = ids;
    this.width = width;
  }

  /** Ids in memory. */
  public static TokenSequence of(int... ids) {
    return new TokenSequence(MemorySegment.ofArray(ids.clone()).asReadOnly(), Integer.BYTES);
  }

  /**
   * Maps a file that {@link #write} made.
   *
   * @throws DataException if it cannot be read, or is no such file, or a part of one
   */
  public static TokenSequence open(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < HEADER + FOOTER) {
        throw damaged(file, "it has %d bytes".formatted(size));
      }
      var all = channel.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto());
      if (!Arrays.equals(all.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC)) {
        throw damaged(file, "it does not begin with MERAPITK");
      }
      int version = all.get(INTS, MAGIC.length);
      int width = all.get(INTS, MAGIC.length + 4);
      if (version != VERSION || (width != Short.BYTES && width != Integer.BYTES)) {
        throw damaged(
            file, "its version is %d and its ids have %d bytes".formatted(version, width));
      }
      long bytes = size - HEADER - FOOTER;
      long count = all.get(LONGS, size - FOOTER);
      if (count < 0 || bytes % width != 0 || count != bytes / width) {
        throw damaged(
            file, "it should hold %d ids, but has room for %d".formatted(count, bytes / width));
      }
      return new TokenSequence(all.asSlice(HEADER, bytes), width);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  private static DataException damaged(Path file, String what) {
    return DataException.of(
        file, "this is no file of tokens: " + what, "delete it, it is made anew");
  }

  /** Gives ids, some at a time, until it gives none. */
  @FunctionalInterface
  public interface Source {
    int[] next() throws IOException;
  }

  /**
   * Writes ids to a file, which is whole or not there.
   *
   * @param vocabulary one more than the largest id
   * @throws DataException if the file cannot be written
   */
  public static void write(Path file, int vocabulary, Source source) {
    int width = vocabulary <= NARROW ? Short.BYTES : Integer.BYTES;
    Aside.write(
        file,
        out -> {
          out.write(MAGIC);
          out.write(bytes(buffer(8).putInt(VERSION).putInt(width)));
          long count = 0;
          for (int[] ids = source.next(); ids.length > 0; ids = source.next()) {
            write(ids, width, out);
            count += ids.length;
          }
          out.write(bytes(buffer(FOOTER).putLong(count)));
        });
  }

  private static void write(int[] ids, int width, OutputStream out) throws IOException {
    var bytes = buffer(ids.length * width);
    for (int id : ids) {
      if (width == Short.BYTES) {
        bytes.putShort((short) id);
      } else {
        bytes.putInt(id);
      }
    }
    out.write(bytes(bytes));
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(ByteBuffer filled) {
    byte[] bytes = new byte[filled.flip().remaining()];
    filled.get(bytes);
    return bytes;
  }

  /** How many there are. */
  public long size() {
    return ids.byteSize() / width;
  }

  /** Bytes that they take, in memory or on the disk. */
  public long bytes() {
    return ids.byteSize();
  }

  /** Some of them, without a copy. */
  public TokenSequence slice(long from, long count) {
    return new TokenSequence(ids.asSlice(from * width, count * width), width);
  }

  /** Copies {@code count} ids to {@code to[at…]}. */
  public void copy(long from, int count, int[] to, int at) {
    Objects.checkFromIndexSize(from, count, size());
    for (int i = 0; i < count; i++) {
      long place = (from + i) * width;
      to[at + i] =
          width == Short.BYTES ? Short.toUnsignedInt(ids.get(SHORTS, place)) : ids.get(INTS, place);
    }
  }
}
