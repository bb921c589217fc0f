package dev.merapi.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * How a camera was held, which a JPEG notes in its Exif block instead of turning the pixels: a
 * photograph is shown upright once it is mirrored and turned by this.
 *
 * <p>Source: CIPA DC-008 (Exif 2.32), tag 0x0112. The eight codes are the eight ways to lay a
 * rectangle on itself: from 5 on, rows are columns.
 *
 * @param code 1 … 8; 1 is upright
 */
record Orientation(int code) {
  static final Orientation UPRIGHT = new Orientation(1);

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY = 12; // bytes
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  /** What the first bytes of a file note; upright, unless they are those of a JPEG that says so. */
  static Orientation of(byte[] head) {
    var jpeg = ByteBuffer.wrap(head);
    if (jpeg.remaining() < 2 || jpeg.getShort() != (short) 0xFFD8) {
      return UPRIGHT;
    }
    while (jpeg.remaining() >= 4 && jpeg.get() == (byte) 0xFF) {
      int marker = jpeg.get() & 0xFF;
      int length = (jpeg.getShort() & 0xFFFF) - 2;
      if (length < 0 || length > jpeg.remaining()) {
        return UPRIGHT;
      }
      var segment = jpeg.slice(jpeg.position(), length);
      if (marker == 0xE1 && startsWithExif(segment)) {
        return ofTiff(segment.slice(EXIF.length, length - EXIF.length));
      }
      jpeg.position(jpeg.position() + length);
    }
    return UPRIGHT;
  }

  private static boolean startsWithExif(ByteBuffer segment) {
    return segment.remaining() >= EXIF.length
        && segment.slice(0, EXIF.length).equals(ByteBuffer.wrap(EXIF));
  }

  private static Orientation ofTiff(ByteBuffer tiff) {
    if (tiff.remaining() < 8) {
      return UPRIGHT;
    }
    boolean little = tiff.get(0) == 'I';
    tiff.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 0 || directory > tiff.limit() - 2) {
      return UPRIGHT;
    }
    int entries = tiff.getShort(directory) & 0xFFFF;
    for (int i = 0; i < entries; i++) {
      int at = directory + 2 + ENTRY * i;
      if (at > tiff.limit() - ENTRY) {
        return UPRIGHT;
      }
      if (tiff.getShort(at) == TAG && tiff.getShort(at + 2) == SHORT) {
        int code = tiff.getShort(at + 8);
        return code >= 1 && code <= 8 ? new Orientation(code) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** A picture as it was taken, upright. */
  Picture upright(int width, int height, byte[] taken) {
    if (code == 1) {
      return Picture.of(width, height, taken);
    }
    boolean turned = code >= 5;
    boolean fromRight = code == 2 || code == 3 || code == 7 || code == 8;
    boolean fromBelow = code == 3 || code == 4 || code == 6 || code == 7;
    int uprightWidth = turned ? height : width;
    byte[] pixels = new byte[taken.length];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % uprightWidth;
      int y = i / uprightWidth;
      int column = turned ? y : x;
      int row = turned ? x : y;
      pixels[i] =
          taken[
              (fromBelow ? height - 1 - row : row) * width
                  + (fromRight ? width - 1 - column : column)];
    }
    return Picture.of(uprightWidth, turned ? width : height, pixels);
  }
}
