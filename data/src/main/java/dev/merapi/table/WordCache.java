package dev.merapi.table;

/** Gives the same string for the same few characters, where a column repeats its words. */
final class WordCache {
  private static final int SLOTS = 1 << 10;
  private static final int LONGEST = 32;

  private final String[] words = new String[SLOTS];

  String word(char[] chars, int from, int to) {
    int length = to - from;
    if (length > LONGEST) {
      return new String(chars, from, length);
    }
    int hash = length;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + chars[i];
    }
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    String cached = words[slot];
    if (cached == null || !isSame(cached, chars, from, length)) {
      cached = new String(chars, from, length);
      words[slot] = cached;
    }
    return cached;
  }

  private static boolean isSame(String word, char[] chars, int from, int length) {
    if (word.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (word.charAt(i) != chars[from + i]) {
        return false;
      }
    }
    return true;
  }
}
