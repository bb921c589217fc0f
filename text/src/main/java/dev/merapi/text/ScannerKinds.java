package dev.merapi.text;

/** The four kinds of characters that the well-known expressions tell apart. */
final class ScannerKinds {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;

  private static final byte[] BASIC = basic();

  private ScannerKinds() {}

  private static byte[] basic() {
    var kinds = new byte[0x10000];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kind(c);
    }
    return kinds;
  }

  private static byte kind(int c) {
    if (CharacterKinds.isLetter(c)) {
      return LETTER;
    }
    if (CharacterKinds.isNumber(c)) {
      return NUMBER;
    }
    return CharacterKinds.isSpace(c) ? SPACE : OTHER;
  }

  /** The kind of the code point at an index, and by how many chars to go on: {@code kind | 4}. */
  static int at(char[] text, int index, int end) {
    char c = text[index];
    if (Character.isHighSurrogate(c)
        && index + 1 < end
        && Character.isLowSurrogate(text[index + 1])) {
      return kind(Character.toCodePoint(c, text[index + 1])) | 4;
    }
    return BASIC[c];
  }

  /** Where a run of one kind ends. */
  static int run(char[] text, int from, int end, int kind) {
    int at = from;
    while (at < end) {
      int here = at(text, at, end);
      if ((here & 3) != kind) {
        break;
      }
      at += 1 + (here >> 2);
    }
    return at;
  }

  /** Where {@code \s+(?!\S)|\s+} ends, from a space on. */
  static int spaces(char[] text, int from, int end) {
    int to = run(text, from, end, SPACE);
    return to < end && to - from > 1 ? to - 1 : to;
  }
}
