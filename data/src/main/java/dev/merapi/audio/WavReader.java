package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads WAV files: chunks of a name, a length and bytes, of which {@code fmt} says what {@code
 * data} holds.
 *
 * <p>Source: Multimedia Programming Interface and Data Specifications 1.0 (1991), and Microsoft's
 * WAVE_FORMAT_EXTENSIBLE.
 */
final class WavReader {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final int HEADER = 12; // bytes before the first chunk
  private static final int STREAMED = -1; // a length that a writer did not know

  private WavReader() {}

  private record Format(int kind, int channels, int rate, int bits) {}

  static Wave read(Path place, byte[] bytes) {
    var file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Format format = null;
    int at = HEADER;
    while (at + 8 <= bytes.length) {
      var name = new String(bytes, at, 4, StandardCharsets.US_ASCII);
      int length = file.getInt(at + 4);
      int start = at + 8;
      if (name.equals("data") && format != null) {
        int left = bytes.length - start;
        if (length != STREAMED && (length < 0 || length > left)) {
          throw new DataException(
              "%s: it is truncated: %d of %d bytes of sound are there; copy it again"
                  .formatted(place, left, Integer.toUnsignedLong(length)));
        }
        return wave(place, file.slice(start, length == STREAMED ? left : length), format);
      }
      if (length < 0 || length > bytes.length - start) {
        break;
      }
      if (name.equals("fmt ")) {
        format = format(place, file.slice(start, length).order(ByteOrder.LITTLE_ENDIAN));
      }
      at = start + length + (length & 1);
    }
    throw new DataException(place + ": it is truncated: it ends before its sound; copy it again");
  }

  private static Format format(Path place, ByteBuffer chunk) {
    if (chunk.limit() < 16) {
      throw new DataException(place + ": its format chunk is too short; save it again as WAV");
    }
    int kind = chunk.getShort(0) & 0xFFFF;
    if (kind == EXTENSIBLE && chunk.limit() >= 26) {
      kind = chunk.getShort(24) & 0xFFFF;
    }
    var format = new Format(kind, chunk.getShort(2), chunk.getInt(4), chunk.getShort(14));
    boolean known =
        switch (kind) {
          case PCM -> format.bits % 8 == 0 && format.bits >= 8 && format.bits <= 32;
          case FLOAT -> format.bits == 32 || format.bits == 64;
          default -> false;
        };
    if (!known || format.channels < 1 || format.rate < 1) {
      throw new DataException(
          "%s: it holds %d channels of %d bits of the kind %d; save it as PCM of 8, 16, 24 or 32 bits, or as float"
              .formatted(place, format.channels, format.bits, kind));
    }
    return format;
  }

  private static Wave wave(Path place, ByteBuffer data, Format format) {
    data.order(ByteOrder.LITTLE_ENDIAN);
    int width = format.bits / 8;
    int count = data.limit() / width / format.channels * format.channels;
    if (count == 0) {
      throw new DataException(place + ": it holds no sound; record it again, or take it out");
    }
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = sample(data, i * width, format);
    }
    return new Wave(Wave.mono(samples, format.channels), format.rate);
  }

  private static float sample(ByteBuffer data, int at, Format format) {
    return switch (format.bits) {
      case 8 -> ((data.get(at) & 0xFF) - 128) * 0x1p-7f; // the only one without a sign
      case 16 -> data.getShort(at) * 0x1p-15f;
      case 24 -> ((data.get(at + 2) << 16) | (data.getShort(at) & 0xFFFF)) * 0x1p-23f;
      case 32 -> format.kind == FLOAT ? data.getFloat(at) : data.getInt(at) * 0x1p-31f;
      default -> (float) data.getDouble(at);
    };
  }
}
