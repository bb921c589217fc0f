package dev.merapi.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * SentencePiece's table of what to write for what: a double-array trie (Aoe, 1989; as darts-clone
 * lays it out) over UTF-8, and the texts that it points to.
 */
final class PrecompiledMap {
  private static final Pattern GRAPHEME = Pattern.compile("\\X");

  private final int[] units;
  private final byte[] texts; // each ends with a zero

  private PrecompiledMap(int[] units, byte[] texts) {
    this.units = units;
    this.texts = texts;
  }

  static PrecompiledMap read(JsonPlace place) {
    try {
      return of(Base64.getDecoder().decode(place.text()));
    } catch (IllegalArgumentException e) {
      throw place.error("this is no precompiled table (" + e.getMessage() + ")");
    }
  }

  /**
   * Reads what SentencePiece writes.
   *
   * @throws IllegalArgumentException if it is damaged
   */
  static PrecompiledMap of(byte[] blob) {
    var buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int size = blob.length < 4 ? -1 : buffer.getInt();
    if (size < 4 || size % 4 != 0 || size > buffer.remaining()) {
      throw new IllegalArgumentException("it is cut off");
    }
    var units = new int[size / 4];
    buffer.asIntBuffer().get(units);
    buffer.position(4 + size);
    var texts = new byte[buffer.remaining()];
    buffer.get(texts);
    if (texts.length == 0 || texts[texts.length - 1] != 0) {
      throw new IllegalArgumentException("its last text has no end");
    }
    return new PrecompiledMap(units, texts);
  }

  /** A way of the text's bytes, and the text for it: {@code length << 32 | offset}; -1: none. */
  private long find(byte[] bytes, int from, int to, boolean longest) {
    long found = -1;
    int node = offset(units[0]);
    for (int i = from; i < to; i++) {
      int label = bytes[i] & 0xFF;
      node ^= label;
      if (node < 0 || node >= units.length) {
        return found;
      }
      int unit = units[node];
      if ((unit & 0x800000FF) != label) {
        return found;
      }
      node ^= offset(unit);
      if ((unit >>> 8 & 1) == 1) {
        if (node < 0 || node >= units.length) {
          return found;
        }
        int value = units[node] & 0x7FFFFFFF;
        if (value >= texts.length) {
          return found;
        }
        found = (long) (i + 1 - from) << 32 | value;
        if (!longest) {
          return found;
        }
      }
    }
    return found;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private String text(int offset) {
    int end = offset;
    while (texts[end] != 0) {
      end++;
    }
    return new String(texts, offset, end - offset, StandardCharsets.UTF_8);
  }

  /** How many bytes a rule covers, from an index on, and what to write for them. */
  record Match(int length, String text) {}

  /** The longest rule from an index on; null where there is none. */
  Match longest(byte[] utf8, int from) {
    long found = find(utf8, from, utf8.length, true);
    return found < 0 ? null : new Match((int) (found >>> 32), text((int) found));
  }

  /** Rewrites a text as Hugging Face's library does: by grapheme clusters, then characters. */
  Aligned byGraphemes(Aligned text) {
    var rewriting = new Aligned.Rewriting(text);
    var graphemes = GRAPHEME.matcher(text.text());
    while (graphemes.find()) {
      if (!replace(text, rewriting, graphemes.end(), 5)) {
        while (rewriting.at() < graphemes.end()) {
          int c = text.text().codePointAt(rewriting.at());
          int end = rewriting.at() + Character.charCount(c);
          if (!replace(text, rewriting, end, 4)) {
            rewriting.copy(end);
          }
        }
      }
    }
    return rewriting.finish();
  }

  /** Replaces up to an index, if these are few enough bytes and there is a rule for them. */
  private boolean replace(Aligned text, Aligned.Rewriting rewriting, int end, int most) {
    if (end - rewriting.at() > most) {
      return false;
    }
    var utf8 = text.text().substring(rewriting.at(), end).getBytes(StandardCharsets.UTF_8);
    long found = utf8.length > most ? -1 : find(utf8, 0, utf8.length, false);
    if (found < 0) {
      return false;
    }
    rewriting.replace(end, text((int) found));
    return true;
  }
}
