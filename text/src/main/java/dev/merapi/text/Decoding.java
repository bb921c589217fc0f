package dev.merapi.text;

import java.util.Arrays;

/**
 * Decodes ids that come one after another. A character whose bytes are spread over several tokens
 * is held back until it is whole, and the texts that {@link #add} and {@link #finish} give, joined,
 * are those of all ids. (But for tokenizers that write bytes as {@code <0xE4>}: they give up a
 * whole run of bytes for one that is wrong, of which a part was then already given.) For one
 * thread.
 */
public final class Decoding {
  private final Tokenizer tokenizer;
  private final boolean skipSpecial;

  // The last ids that text came from, for the text of a token may depend on the one before it,
  // and those that are not done.
  private int[] window = new int[8];
  private int length;
  private int sure; // ids of the window whose text is given
  private int given; // characters of the window's text that are given

  Decoding(Tokenizer tokenizer, boolean skipSpecial) {
    this.tokenizer = tokenizer;
    this.skipSpecial = skipSpecial;
  }

  /**
   * Takes the next id and returns the text that is now sure, which is often empty.
   *
   * @throws dev.merapi.data.DataException if the id is outside the vocabulary
   */
  public String add(int id) {
    var ids = Arrays.copyOf(window, length + 1);
    ids[length] = id;
    var text = tokenizer.decode(ids, skipSpecial);
    window = ids;
    length++;
    boolean whole = !text.endsWith("\uFFFD");
    var fresh = from(text, whole ? text.length() : text.length() - 1);
    if (whole && !fresh.isEmpty()) {
      window = Arrays.copyOfRange(window, sure, length);
      length = window.length;
      sure = length;
      given = tokenizer.decode(window, skipSpecial).length();
    }
    return fresh;
  }

  /** Returns what is left, with U+FFFD for a character that never became whole. */
  public String finish() {
    var rest =
        from(tokenizer.decode(Arrays.copyOf(window, length), skipSpecial), Integer.MAX_VALUE);
    length = 0;
    sure = 0;
    given = 0;
    return rest;
  }

  private String from(String text, int end) {
    int to = Math.min(end, text.length());
    if (to <= given) {
      return "";
    }
    var fresh = text.substring(given, to);
    given = to;
    return fresh;
  }
}
