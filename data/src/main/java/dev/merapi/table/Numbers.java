package dev.merapi.table;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;

/** Reads decimal numbers. */
final class Numbers {
  private static final int MOST_DIGITS = 15; // any such number is below 2^53
  private static final double[] POWERS = new double[23]; // of 10, all exact

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private Numbers() {}

  /**
   * The double nearest to a decimal number such as {@code -12.5e3}; NaN for anything else, and for
   * what is not finite.
   *
   * <p>A number of up to 15 digits without an exponent is an exact integer over an exact power of
   * ten, whose quotient is rounded once (Clinger, "How to read floating point numbers accurately",
   * 1990). The others take the longer way.
   */
  static double parse(char[] chars, int from, int to) {
    int at = from;
    boolean negative = at < to && chars[at] == '-';
    if (negative || (at < to && chars[at] == '+')) {
      at++;
    }
    long digits = 0;
    int first = at;
    int point = -1;
    for (; at < to; at++) {
      char c = chars[at];
      if (c >= '0' && c <= '9') {
        digits = 10 * digits + (c - '0');
      } else if (c == '.' && point < 0) {
        point = at;
      } else {
        break;
      }
    }
    int count = at - first - (point < 0 ? 0 : 1);
    if (at < to || count > MOST_DIGITS || count == 0) {
      return slow(chars, from, to);
    }
    double value = point < 0 ? digits : digits / POWERS[at - point - 1];
    return negative ? -value : value;
  }

  private static double slow(char[] chars, int from, int to) {
    for (int i = from; i < to; i++) { // the parser also reads what Java calls a number: 1d, 0x1p3
      char c = chars[i];
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return Double.NaN;
      }
    }
    try {
      double value = JavaDoubleParser.parseDouble(chars, from, to - from);
      return Double.isFinite(value) ? value : Double.NaN;
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }
}
