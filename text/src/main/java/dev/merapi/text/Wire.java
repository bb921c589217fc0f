package dev.merapi.text;

import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a message in Protocol Buffers' wire format. For the one message that is read
 * here that is less than a library and its generated classes.
 */
final class Wire {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int tag;

  Wire(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private Wire(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** What is wrong, and at which byte. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(int at, String what) {
      super("byte " + at + ": " + what);
    }
  }

  /** Goes on to the next field and returns its number; 0 at the end. */
  int next() throws Damaged {
    if (at == end) {
      return 0;
    }
    tag = (int) varint();
    if (tag >>> 3 == 0) {
      throw new Damaged(at, "this is no field");
    }
    return tag >>> 3;
  }

  /** The field as a number, truth value or one of a list. */
  long number() throws Damaged {
    expect(0);
    return varint();
  }

  float real() throws Damaged {
    expect(5);
    need(4);
    int bits =
        (bytes[at] & 0xFF)
            | (bytes[at + 1] & 0xFF) << 8
            | (bytes[at + 2] & 0xFF) << 16
            | (bytes[at + 3] & 0xFF) << 24;
    at += 4;
    return Float.intBitsToFloat(bits);
  }

  /** The field as a message of its own. */
  Wire message() throws Damaged {
    expect(2);
    int length = length();
    var message = new Wire(bytes, at, at + length);
    at += length;
    return message;
  }

  byte[] bytes() throws Damaged {
    var message = message();
    return java.util.Arrays.copyOfRange(bytes, message.at, message.end);
  }

  String text() throws Damaged {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Passes over the field. */
  void skip() throws Damaged {
    switch (tag & 7) {
      case 0 -> varint();
      case 1 -> {
        need(8);
        at += 8;
      }
      case 2 -> message();
      case 5 -> {
        need(4);
        at += 4;
      }
      default -> throw new Damaged(at, "this is no field");
    }
  }

  private void expect(int kind) throws Damaged {
    if ((tag & 7) != kind) {
      throw new Damaged(at, "field " + (tag >>> 3) + " is of another kind");
    }
  }

  private int length() throws Damaged {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new Damaged(at, "it ends in the middle of a field");
    }
    return (int) length;
  }

  private void need(int count) throws Damaged {
    if (end - at < count) {
      throw new Damaged(at, "it ends in the middle of a field");
    }
  }

  private long varint() throws Damaged {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new Damaged(at, "a number is too long");
  }
}
