package dev.merapi.text;

import java.util.Optional;

/**
 * The words of OpenAI's cl100k, Llama 3 and Qwen by hand: contractions in either case, letters with
 * one other character before them, a few digits, marks with the line ends behind them, line ends,
 * spaces.
 *
 * @param digits how many digits make a word at most
 */
record Cl100kScanner(int digits) implements Scanner {
  // Llama 3 and Qwen, and OpenAI's own with possessive quantifiers, which match the same.
  private static final String PLAIN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}#"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String CL100K =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  static Optional<Scanner> known(String regex) {
    if (regex.equals(PLAIN.replace("#", ""))) {
      return Optional.of(new Cl100kScanner(1));
    }
    return regex.equals(CL100K) ? Optional.of(new Cl100kScanner(3)) : Optional.empty();
  }

  @Override
  public int next(char[] text, int from, int end) {
    char first = text[from];
    if (first == '\'') {
      int contraction = contraction(text, from, end);
      if (contraction > 0) {
        return from + contraction;
      }
    }
    int here = ScannerKinds.at(text, from, end);
    int kind = here & 3;
    int second = from + 1 + (here >> 2);
    if (kind == ScannerKinds.LETTER) {
      return ScannerKinds.run(text, second, end, ScannerKinds.LETTER);
    }
    if (kind == ScannerKinds.NUMBER) {
      int to = second;
      for (int count = 1; count < digits && to < end; count++) {
        int next = ScannerKinds.at(text, to, end);
        if ((next & 3) != ScannerKinds.NUMBER) {
          break;
        }
        to += 1 + (next >> 2);
      }
      return to;
    }
    if (first != '\r'
        && first != '\n'
        && second < end
        && (ScannerKinds.at(text, second, end) & 3) == ScannerKinds.LETTER) {
      return ScannerKinds.run(text, second, end, ScannerKinds.LETTER);
    }
    if (kind == ScannerKinds.OTHER) {
      return lineEnds(text, ScannerKinds.run(text, from, end, ScannerKinds.OTHER), end);
    }
    if (first == ' '
        && second < end
        && (ScannerKinds.at(text, second, end) & 3) == ScannerKinds.OTHER) {
      return lineEnds(text, ScannerKinds.run(text, second, end, ScannerKinds.OTHER), end);
    }
    int to = ScannerKinds.run(text, from, end, ScannerKinds.SPACE);
    for (int last = to - 1; last >= from; last--) {
      if (text[last] == '\n' || text[last] == '\r') {
        return last + 1;
      }
    }
    return to < end && to - from > 1 ? to - 1 : to;
  }

  private static int lineEnds(char[] text, int from, int end) {
    int at = from;
    while (at < end && (text[at] == '\r' || text[at] == '\n')) {
      at++;
    }
    return at;
  }

  private static int contraction(char[] text, int from, int end) {
    if (from + 1 >= end) {
      return 0;
    }
    char next = from + 2 < end ? text[from + 2] : 0;
    return switch (text[from + 1]) {
      // U+017F is a small s, too, to an expression that does not mind the case.
      case 's', 'S', '\u017F', 't', 'T', 'm', 'M', 'd', 'D' -> 2;
      case 'r', 'R', 'v', 'V' -> next == 'e' || next == 'E' ? 3 : 0;
      case 'l', 'L' -> next == 'l' || next == 'L' ? 3 : 0;
      default -> 0;
    };
  }
}
