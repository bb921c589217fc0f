package dev.merapi.text;

/** {@link #REGEX} by hand: GPT-2's words. */
record Gpt2Scanner() implements Scanner {
  static final String REGEX =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  @Override
  public int next(char[] text, int from, int end) {
    char first = text[from];
    if (first == '\'') {
      int contraction = contraction(text, from, end);
      if (contraction > 0) {
        return from + contraction;
      }
    }
    int at = from;
    if (first == ' ' && from + 1 < end) {
      int second = ScannerKinds.at(text, from + 1, end);
      if ((second & 3) == ScannerKinds.SPACE) {
        return ScannerKinds.spaces(text, from, end);
      }
      at++;
    }
    int kind = ScannerKinds.at(text, at, end) & 3;
    return kind == ScannerKinds.SPACE
        ? ScannerKinds.spaces(text, from, end)
        : ScannerKinds.run(text, at, end, kind);
  }

  private static int contraction(char[] text, int from, int end) {
    if (from + 1 >= end) {
      return 0;
    }
    char next = from + 2 < end ? text[from + 2] : 0;
    return switch (text[from + 1]) {
      case 's', 't', 'm', 'd' -> 2;
      case 'r', 'v' -> next == 'e' ? 3 : 0;
      case 'l' -> next == 'l' ? 3 : 0;
      default -> 0;
    };
  }
}
