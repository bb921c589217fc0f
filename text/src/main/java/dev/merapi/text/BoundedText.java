package dev.merapi.text;

import dev.merapi.data.DataException;
import java.util.regex.Pattern;

/**
 * A text that lets itself be read only so often: a regular expression from a stranger's file may go
 * over a text again and again ({@code (a+)+$}), and is stopped instead of waited for.
 */
final class BoundedText implements CharSequence {
  /** Reads for each character, and for a text of any length. An ordinary expression takes a few. */
  private static final long READS = 1_000;

  private static final long READS_FOR_ANY = 1_000_000;

  private final String text;
  private final Pattern pattern;
  private long left;

  BoundedText(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
    this.left = READS_FOR_ANY + READS * text.length();
  }

  @Override
  public int length() {
    return text.length();
  }

  /**
   * @throws DataException if the text has been read too often
   */
  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw endless("it goes over them again and again", null);
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }

  DataException endless(String why, Throwable cause) {
    return new DataException(
        ("the tokenizer's regular expression `%s` cannot cut a text of %,d characters: %s; "
                + "use a tokenizer with a simpler one, or shorter texts")
            .formatted(pattern, text.length(), why),
        cause);
  }
}
