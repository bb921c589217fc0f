package dev.merapi.text;

/**
 * Remembers what became of words, in a fixed number of places, two of which a word may have: a new
 * one takes the place of the older of the two. Threads share it without locks, for an entry never
 * changes.
 */
final class WordCache {
  /** The longest word that is worth a place. */
  static final int LONGEST = 48;

  private static final int PLACES = 1 << 17;

  private final Entry[] entries = new Entry[PLACES];

  /** One word and what became of it. */
  private static final class Entry {
    final char[] word;
    final int[] found;

    Entry(char[] word, int[] found) {
      this.word = word;
      this.found = found;
    }

    boolean is(char[] text, int from, int to) {
      if (word.length != to - from) {
        return false;
      }
      for (int i = 0; i < word.length; i++) {
        if (word[i] != text[from + i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** What became of a word; null where it is not known. */
  int[] find(String word) {
    return word.length() > LONGEST ? null : find(word.toCharArray(), 0, word.length());
  }

  /** What became of a part of a text; null where it is not known. */
  int[] find(char[] text, int from, int to) {
    if (to - from > LONGEST) {
      return null;
    }
    int place = place(text, from, to);
    var entry = entries[place];
    if (entry == null) {
      return null;
    }
    if (!entry.is(text, from, to)) {
      entry = entries[place ^ 1];
      if (entry == null || !entry.is(text, from, to)) {
        return null;
      }
    }
    return entry.found;
  }

  void put(String word, int[] found) {
    if (word.length() <= LONGEST) {
      var characters = word.toCharArray();
      int place = place(characters, 0, characters.length);
      entries[place ^ 1] = entries[place];
      entries[place] = new Entry(characters, found);
    }
  }

  private static int place(char[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    hash *= 0x9E3779B1;
    return hash >>> 15;
  }
}
