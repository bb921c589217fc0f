package dev.merapi.watch;

import dev.merapi.train.FileException;
import dev.merapi.train.MetricSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.zip.CRC32C;

/**
 * Writes metrics as an event file that TensorBoard opens. Each record of the file is a length (8
 * bytes), the length's checksum, an {@code Event} of Protocol Buffers, and its checksum; numbers
 * are little endian, checksums CRC-32C masked as TFRecord does.
 *
 * <p>A training that goes on begins another file, which says from which step on it replaces what
 * was written before.
 */
public final class TensorBoard implements MetricSink, AutoCloseable {
  // Fields of tensorflow/core/util/event.proto and framework/summary.proto.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SESSION_START = 1;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private static final int MASK_DELTA = 0xa282ead8;

  private final Path file;
  private final OutputStream out;
  private final DoubleSupplier clock;

  private TensorBoard(Path file, OutputStream out, DoubleSupplier clock) {
    this.file = file;
    this.out = out;
    this.clock = clock;
  }

  /**
   * Begins an event file in a folder, which is made where it is missing.
   *
   * @param step the first step that is going to be written is behind this one
   * @throws FileException if it cannot be written
   */
  public static TensorBoard open(Path folder, long step) {
    return open(folder, step, () -> System.currentTimeMillis() / 1e3);
  }

  static TensorBoard open(Path folder, long step, DoubleSupplier clock) {
    long pid = ProcessHandle.current().pid();
    for (int n = 0; ; n++) {
      var file =
          folder.resolve(
              "events.out.tfevents.%010d.merapi.%d.%d"
                  .formatted((long) clock.getAsDouble(), pid, n));
      try {
        Files.createDirectories(folder);
        var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        var events = new TensorBoard(file, out, clock);
        events.event(0, message -> text(message, FILE_VERSION, "brain.Event:2"));
        if (step > 0) {
          events.event(
              step + 1,
              message -> {
                var session = new ByteArrayOutputStream();
                varint(session, TAG << 3);
                varint(session, SESSION_START);
                bytes(message, SESSION_LOG, session.toByteArray());
              });
        }
        return events;
      } catch (FileAlreadyExistsException _) {
        // Another one of this second.
      } catch (IOException e) {
        throw cannotWrite(file, e);
      }
    }
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(ByteArrayOutputStream message);
  }

  /** Writes every number, the tag being its name. */
  @Override
  public void append(long step, Map<String, ?> fields) {
    try {
      event(
          step,
          message -> {
            var summary = new ByteArrayOutputStream();
            fields.forEach(
                (name, value) -> {
                  if (value instanceof Number number) {
                    var scalar = new ByteArrayOutputStream();
                    text(scalar, TAG, name);
                    fixed(scalar, SIMPLE_VALUE, number.floatValue());
                    bytes(summary, VALUE, scalar.toByteArray());
                  }
                });
            bytes(message, SUMMARY, summary.toByteArray());
          });
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  private void event(long step, Content content) throws IOException {
    var message = new ByteArrayOutputStream();
    fixed(message, WALL_TIME, clock.getAsDouble());
    if (step != 0) {
      varint(message, STEP << 3);
      varint(message, step);
    }
    content.writeTo(message);
    byte[] data = message.toByteArray();
    byte[] length = new byte[Long.BYTES];
    over(length).putLong(data.length);
    byte[] record = new byte[Long.BYTES + Integer.BYTES + data.length + Integer.BYTES];
    over(record).put(length).putInt(checksum(length)).put(data).putInt(checksum(data));
    out.write(record);
  }

  private static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksum(byte[] data) {
    var crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private static void varint(ByteArrayOutputStream message, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      message.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    message.write((int) left);
  }

  private static void fixed(ByteArrayOutputStream message, int field, double value) {
    varint(message, (field << 3) | 1);
    byte[] bytes = new byte[Double.BYTES];
    over(bytes).putDouble(value);
    message.writeBytes(bytes);
  }

  private static void fixed(ByteArrayOutputStream message, int field, float value) {
    varint(message, (field << 3) | 5);
    byte[] bytes = new byte[Float.BYTES];
    over(bytes).putFloat(value);
    message.writeBytes(bytes);
  }

  private static void bytes(ByteArrayOutputStream message, int field, byte[] value) {
    varint(message, (field << 3) | 2);
    varint(message, value.length);
    message.writeBytes(value);
  }

  private static void text(ByteArrayOutputStream message, int field, String value) {
    bytes(message, field, value.getBytes(StandardCharsets.UTF_8));
  }

  private static FileException cannotWrite(Path file, IOException e) {
    return new FileException(
        file, "cannot be written (" + e.getMessage() + ")", "free space, or leave --tensorboard");
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }
}
