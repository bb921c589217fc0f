package dev.merapi.text;

/** UTF-8, with U+FFFD for surrogates without their other half. */
final class Utf8 {
  private Utf8() {}

  /** Writes the bytes of a code point and returns how many they are. */
  static int encode(int c, byte[] into, int at) {
    if (c < 0x80) {
      into[at] = (byte) c;
      return 1;
    }
    if (c < 0x800) {
      into[at] = (byte) (0xC0 | c >> 6);
      into[at + 1] = (byte) (0x80 | (c & 0x3F));
      return 2;
    }
    if (c < 0x10000) {
      int scalar = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c;
      into[at] = (byte) (0xE0 | scalar >> 12);
      into[at + 1] = (byte) (0x80 | (scalar >> 6 & 0x3F));
      into[at + 2] = (byte) (0x80 | (scalar & 0x3F));
      return 3;
    }
    into[at] = (byte) (0xF0 | c >> 18);
    into[at + 1] = (byte) (0x80 | (c >> 12 & 0x3F));
    into[at + 2] = (byte) (0x80 | (c >> 6 & 0x3F));
    into[at + 3] = (byte) (0x80 | (c & 0x3F));
    return 4;
  }

  /** How many bytes a code point takes. */
  static int length(int c) {
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  /** The text with U+FFFD for every surrogate without its other half. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return mended(text);
      }
    }
    return text;
  }

  private static String mended(String text) {
    var mended = new StringBuilder(text);
    for (int i = 0; i < mended.length(); i++) {
      if (!Character.isSurrogate(mended.charAt(i))) {
        continue;
      }
      if (mended.codePointAt(i) >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        i++;
      } else {
        mended.setCharAt(i, '\uFFFD');
      }
    }
    return mended.toString();
  }
}
