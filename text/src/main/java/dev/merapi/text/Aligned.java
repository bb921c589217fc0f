package dev.merapi.text;

import java.util.Arrays;

/**
 * A text on its way through normalisers and pre-tokenisers, each of whose characters knows which
 * part of the original text it came from. Immutable.
 */
final class Aligned {
  private final String text;
  // Where character i came from: starts[shift + i] to ends[shift + i]; without arrays it is the
  // original's character at shift + i.
  private final int[] starts;
  private final int[] ends;
  private final int shift;

  private Aligned(String text, int[] starts, int[] ends, int shift) {
    this.text = text;
    this.starts = starts;
    this.ends = ends;
    this.shift = shift;
  }

  /** The original text itself. */
  static Aligned of(String text) {
    return new Aligned(text, null, null, 0);
  }

  String text() {
    return text;
  }

  int length() {
    return text.length();
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  Aligned slice(int from, int to) {
    return from == 0 && to == text.length()
        ? this
        : new Aligned(text.substring(from, to), starts, ends, shift + from);
  }

  /** The text with more behind it, which stands at its end in the original. */
  Aligned followedBy(String more) {
    var rewriting = new Rewriting(this);
    rewriting.copy(length());
    more.codePoints().forEach(rewriting::insert);
    return rewriting.finish();
  }

  /** Where in the original the character came from. */
  int start(int index) {
    return starts == null ? shift + index : starts[shift + index];
  }

  /** One past where in the original the character came from. */
  int end(int index) {
    return ends == null ? shift + index + 1 : ends[shift + index];
  }

  /**
   * Writes a changed copy of a text, from its start to its end. What is added in place of nothing
   * is taken to come from where the character before it came from.
   */
  static final class Rewriting {
    private final Aligned source;
    private final StringBuilder text;
    private int[] starts;
    private int[] ends;
    private int at;

    Rewriting(Aligned source) {
      this.source = source;
      text = new StringBuilder(source.length() + 16);
      starts = new int[source.length() + 16];
      ends = new int[source.length() + 16];
    }

    /** Where in the source the next character is. */
    int at() {
      return at;
    }

    /** Copies the source up to an index. */
    void copy(int to) {
      while (at < to) {
        append(source.text.charAt(at), source.start(at), source.end(at));
        at++;
      }
    }

    /** Leaves the source out up to an index. */
    void skip(int to) {
      at = to;
    }

    /** Puts a code point in place of the source's next one. */
    void replace(int codePoint) {
      int next = at + Character.charCount(source.text.codePointAt(at));
      append(codePoint, source.start(at), source.end(next - 1));
      at = next;
    }

    /** Puts a code point in place of nothing. */
    void insert(int codePoint) {
      if (at == 0) {
        int origin = source.isEmpty() ? 0 : source.start(0);
        append(codePoint, origin, origin);
      } else {
        int first =
            Character.isLowSurrogate(source.text.charAt(at - 1)) && at > 1 ? at - 2 : at - 1;
        append(codePoint, source.start(first), source.end(at - 1));
      }
    }

    /**
     * Puts a text in place of nothing, and says that it came from where the next character does.
     */
    void insertBefore(String more) {
      int origin = source.start(at);
      more.codePoints().forEach(c -> append(c, origin, origin));
    }

    /** Puts a text in place of the source up to an index. */
    void replace(int to, String by) {
      int left = source.text.codePointCount(at, to);
      for (int i = 0; i < by.length(); ) {
        int codePoint = by.codePointAt(i);
        i += Character.charCount(codePoint);
        if (left > 0) {
          replace(codePoint);
          left--;
        } else {
          insert(codePoint);
        }
      }
      at = to;
    }

    Aligned finish() {
      copy(source.length());
      return new Aligned(text.toString(), starts, ends, 0);
    }

    private void append(int codePoint, int start, int end) {
      int from = text.length();
      text.appendCodePoint(codePoint);
      if (text.length() > starts.length) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
        ends = Arrays.copyOf(ends, starts.length);
      }
      Arrays.fill(starts, from, text.length(), start);
      Arrays.fill(ends, from, text.length(), end);
    }
  }
}
