package dev.merapi.data;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * An array in the idx format of the MNIST files, gzipped or plain.
 *
 * <p>A file is two zero bytes, a byte for the {@linkplain Type type}, a byte for the number of
 * axes, their sizes as 32-bit numbers, and then the elements in C order; all big-endian. Source: Y.
 * LeCun, "The MNIST database of handwritten digits".
 */
public final class Idx {
  /** Most bytes of elements that are read: 1 GiB. */
  static final long MOST_BYTES = 1L << 30;

  private static final int MOST_AXES = 16;
  private static final int DEFLATE_RATIO = 1032; // no deflate stream grows by more than this

  /** The type of the elements. */
  public enum Type {
    U8(0x08, 1),
    I8(0x09, 1),
    I16(0x0B, 2),
    I32(0x0C, 4),
    F32(0x0D, 4),
    F64(0x0E, 8);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  private final Type type;
  private final Shape shape;
  private final byte[] data; // as in the file

  private Idx(Type type, Shape shape, byte[] data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** An array of unsigned bytes. */
  public static Idx of(byte[] values, int... shape) {
    return checked(Type.U8, values.clone(), shape);
  }

  /** An array of 32-bit integers. */
  public static Idx of(int[] values, int... shape) {
    var bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asIntBuffer().put(values);
    return checked(Type.I32, bytes.array(), shape);
  }

  /** An array of 32-bit floats. */
  public static Idx of(float[] values, int... shape) {
    var bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return checked(Type.F32, bytes.array(), shape);
  }

  private static Idx checked(Type type, byte[] data, int... sizes) {
    var shape = Shape.of(sizes);
    if (shape.elements() * type.bytes != data.length) {
      throw new DataException(
          "idx: the shape "
              + shape
              + " has "
              + shape.elements()
              + " elements, but "
              + data.length / type.bytes
              + " values are given; give a shape of that size");
    }
    return new Idx(type, shape, data);
  }

  /**
   * Reads a file; whether it is gzipped is seen from its first bytes, not from its name.
   *
   * @throws DataException if it is missing, not idx, truncated, longer than its header says, or has
   *     more than 1 GiB of elements. Nothing larger than the file can hold is ever allocated.
   */
  public static Idx read(Path file) {
    try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      raw.mark(2);
      boolean zipped = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      long length = Files.size(file);
      try (var in = zipped ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16)) : raw) {
        return read(file, in, zipped ? length * DEFLATE_RATIO : length, !zipped);
      }
    } catch (EOFException e) {
      throw cut(file, e);
    } catch (ZipException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /**
   * Reads the unzipped stream, which is {@code most} bytes long or, where that is not {@code
   * exact}, at most.
   */
  private static Idx read(Path file, InputStream stream, long most, boolean exact)
      throws IOException {
    var in = new DataInputStream(stream);
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4) {
      throw cut(file, new EOFException());
    }
    var type = type(magic[2]);
    int axes = magic[3] & 0xFF;
    if (magic[0] != 0 || magic[1] != 0 || type == null || axes == 0 || axes > MOST_AXES) {
      throw DataException.of(
          file,
          "it starts with the bytes "
              + HexFormat.ofDelimiter(" ").formatHex(magic)
              + ", so it is not an idx file",
          "give a file such as train-images-idx3-ubyte, gzipped or not");
    }
    int[] sizes = new int[axes];
    long bytes = type.bytes;
    for (int axis = 0; axis < axes; axis++) {
      sizes[axis] = in.readInt();
      if (sizes[axis] < 0 || (bytes *= sizes[axis]) > MOST_BYTES) {
        throw DataException.of(
            file,
            "its header asks for more than " + (MOST_BYTES >> 20) + " MiB of elements",
            "it is damaged, or too large to be read at once: copy it again, or cut it into parts");
      }
    }
    long expected = 4 + 4L * axes + bytes;
    if (exact ? expected != most : expected > most) {
      throw lengths(file, sizes, expected, most);
    }
    byte[] data = in.readNBytes((int) bytes);
    if (data.length < bytes) {
      throw lengths(file, sizes, expected, expected - bytes + data.length);
    }
    if (in.read() >= 0) {
      throw lengths(file, sizes, expected, expected + 1);
    }
    return new Idx(type, Shape.of(sizes), data);
  }

  private static Type type(int code) {
    for (var type : Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  private static DataException cut(Path file, IOException cause) {
    return new DataException(file + ": it is truncated; copy or download it again", cause);
  }

  private static DataException damaged(Path file, IOException cause) {
    return new DataException(
        file + ": its gzip data are damaged (" + DataException.reason(cause) + "); copy it again",
        cause);
  }

  private static DataException lengths(Path file, int[] sizes, long expected, long found) {
    return DataException.of(
        file,
        "its header says "
            + Shape.of(sizes)
            + ", which makes "
            + expected
            + " bytes, but it has "
            + (found > expected ? "more" : "at most " + found),
        "it is truncated or damaged: copy or download it again");
  }

  /**
   * Writes the array; gzipped where the name ends in {@code .gz}. Written aside, then renamed.
   *
   * @throws DataException if the file cannot be written
   */
  public void write(Path file) {
    Aside.write(
        file,
        out -> {
          if (file.toString().endsWith(".gz")) {
            try (var zip = new GZIPOutputStream(out, 1 << 16)) {
              zip.write(header());
              zip.write(data);
            }
          } else {
            out.write(header());
            out.write(data);
          }
        });
  }

  private byte[] header() {
    var header = ByteBuffer.allocate(4 + 4 * shape.rank()).putInt(type.code << 8 | shape.rank());
    for (int size : shape.toArray()) {
      header.putInt(size);
    }
    return header.array();
  }

  /** The type of the elements. */
  public Type type() {
    return type;
  }

  /** The sizes of the axes. */
  public Shape shape() {
    return shape;
  }

  /**
   * The elements of an array of bytes.
   *
   * @throws DataException if the elements are not {@link Type#U8} or {@link Type#I8}
   */
  public byte[] toBytes() {
    return bytes().clone();
  }

  /** As {@link #toBytes}, but not a copy: for those who do not write into it. */
  byte[] bytes() {
    if (type.bytes != 1) {
      throw new DataException("idx: elements of type " + type + " are not bytes; use toFloats()");
    }
    return data;
  }

  /** The elements as floats; 32-bit integers and 64-bit floats are rounded. */
  public float[] toFloats() {
    var in = ByteBuffer.wrap(data);
    float[] values = new float[data.length / type.bytes];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case U8 -> in.get() & 0xFF;
            case I8 -> in.get();
            case I16 -> in.getShort();
            case I32 -> in.getInt();
            case F32 -> in.getFloat();
            case F64 -> (float) in.getDouble();
          };
    }
    return values;
  }

  /**
   * The elements as integers.
   *
   * @throws DataException if they are floats
   */
  public int[] toInts() {
    var in = ByteBuffer.wrap(data);
    int[] values = new int[data.length / type.bytes];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case U8 -> in.get() & 0xFF;
            case I8 -> in.get();
            case I16 -> in.getShort();
            case I32 -> in.getInt();
            case F32, F64 ->
                throw new DataException(
                    "idx: elements of type " + type + " are not integers; use toFloats()");
          };
    }
    return values;
  }

  /** The array as a tensor: u8 for {@link Type#U8}, i32 for other integers, f32 for floats. */
  public Tensor tensor() {
    return switch (type) {
      case U8 -> Tensor.of(data, shape.toArray());
      case I8, I16, I32 -> Tensor.of(toInts(), shape.toArray());
      case F32, F64 -> Tensor.of(toFloats(), shape.toArray());
    };
  }
}
