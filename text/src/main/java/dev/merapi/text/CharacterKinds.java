package dev.merapi.text;

/** Kinds of code points, as the published tokenizers know them. */
final class CharacterKinds {
  private static final int MARKS =
      1 << Character.NON_SPACING_MARK
          | 1 << Character.COMBINING_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK;
  private static final int LETTERS =
      1 << Character.UPPERCASE_LETTER
          | 1 << Character.LOWERCASE_LETTER
          | 1 << Character.TITLECASE_LETTER
          | 1 << Character.MODIFIER_LETTER
          | 1 << Character.OTHER_LETTER;
  private static final int NUMBERS =
      1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.LETTER_NUMBER
          | 1 << Character.OTHER_NUMBER;
  private static final int PUNCTUATION =
      1 << Character.CONNECTOR_PUNCTUATION
          | 1 << Character.DASH_PUNCTUATION
          | 1 << Character.START_PUNCTUATION
          | 1 << Character.END_PUNCTUATION
          | 1 << Character.INITIAL_QUOTE_PUNCTUATION
          | 1 << Character.FINAL_QUOTE_PUNCTUATION
          | 1 << Character.OTHER_PUNCTUATION;
  private static final int OTHER =
      1 << Character.CONTROL | 1 << Character.FORMAT | 1 << Character.PRIVATE_USE;

  private CharacterKinds() {}

  /** Unicode's property White_Space. */
  static boolean isSpace(int c) {
    if (c < 0x80) {
      return c == ' ' || in(c, '\t', '\r');
    }
    return switch (c) {
      case 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
      default -> in(c, 0x2000, 0x200A);
    };
  }

  static boolean isLetter(int c) {
    return is(c, LETTERS);
  }

  static boolean isNumber(int c) {
    return is(c, NUMBERS);
  }

  static boolean isMark(int c) {
    return is(c, MARKS);
  }

  static boolean isNonSpacingMark(int c) {
    return is(c, 1 << Character.NON_SPACING_MARK);
  }

  /** A control, format or private-use character, but for tab and line ends. */
  static boolean isControl(int c) {
    return c != '\t' && c != '\n' && c != '\r' && is(c, OTHER);
  }

  /** Unicode's punctuation, and what of ASCII is no letter, digit, space or control. */
  static boolean isPunctuation(int c) {
    return c < 0x80
        ? c > ' ' && c < 0x7F && !in(c, '0', '9') && !isAsciiLetter(c)
        : is(c, PUNCTUATION);
  }

  /** A part of a word, as the regular expression {@code \w}. */
  static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || isMark(c)
        || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
        || Character.getType(c) == Character.CONNECTOR_PUNCTUATION
        || c == 0x200C
        || c == 0x200D;
  }

  /** The blocks of Chinese characters that BERT sets apart. */
  static boolean isChinese(int c) {
    return in(c, 0x4E00, 0x9FFF)
        || in(c, 0x3400, 0x4DBF)
        || in(c, 0x20000, 0x2A6DF)
        || in(c, 0x2A700, 0x2B73F)
        || in(c, 0x2B740, 0x2B81F)
        || in(c, 0x2B920, 0x2CEAF)
        || in(c, 0xF900, 0xFAFF)
        || in(c, 0x2F800, 0x2FA1F);
  }

  private static boolean isAsciiLetter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  /** Whether a code point is one of a range, ends included. */
  static boolean in(int c, int first, int last) {
    return c >= first && c <= last;
  }

  private static boolean is(int c, int kinds) {
    return (kinds & (1 << Character.getType(c))) != 0;
  }
}
