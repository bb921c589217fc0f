package dev.merapi.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of words: aligned for the terminal, or as Markdown. Columns but the first few are right.
 */
public final class Grid {
  private final int left;
  private final List<List<String>> lines = new ArrayList<>();

  /**
   * @param left how many columns hold words and stand to the left
   */
  public Grid(int left, String... titles) {
    this.left = left;
    add(titles);
  }

  /** Adds a line with a word for each column. */
  public void add(String... words) {
    lines.add(List.of(words));
  }

  private int[] widths() {
    var widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }

  /** For a terminal. */
  public String text() {
    int[] widths = widths();
    var text = new StringBuilder();
    for (List<String> line : lines) {
      var words = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - line.get(i).length());
        words.append(i < left ? line.get(i) + padding : padding + line.get(i)).append("  ");
      }
      text.append(words.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** For a page. */
  public String markdown() {
    var text = new StringBuilder();
    for (int row = 0; row < lines.size(); row++) {
      text.append("| ").append(String.join(" | ", lines.get(row))).append(" |\n");
      if (row == 0) {
        for (int i = 0; i < lines.getFirst().size(); i++) {
          text.append(i < left ? "|---" : "|---:");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
