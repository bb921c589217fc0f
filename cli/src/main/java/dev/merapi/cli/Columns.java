package dev.merapi.cli;

import java.util.List;
import java.util.Locale;

/** Rows as a table of text; what comes from files cannot move the cursor. */
final class Columns {
  private static final int WIDEST = 60;

  private Columns() {}

  /** The rows, every column as wide as its widest cell, two spaces between. */
  static List<String> lines(List<? extends List<String>> rows) {
    var cells = rows.stream().map(row -> row.stream().map(Columns::printable).toList()).toList();
    int count = cells.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[count];
    for (var row : cells) {
      for (int c = 0; c < row.size(); c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    return cells.stream()
        .map(
            row -> {
              var line = new StringBuilder();
              for (int c = 0; c < row.size(); c++) {
                line.append(row.get(c)).append(" ".repeat(widths[c] - row.get(c).length() + 2));
              }
              return line.toString().stripTrailing();
            })
        .toList();
  }

  /** A text without control characters, and of a bearable length. */
  static String printable(String text) {
    var clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
    return clean.length() <= WIDEST ? clean : clean.substring(0, WIDEST - 1) + "…";
  }

  /** A number with five digits that matter. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
