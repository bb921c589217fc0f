package dev.merapi.text;

/**
 * Remembers what became of words, in a fixed number of places: a new word takes the place of an
 * older one. Threads share it without locks, for an entry never changes.
 */
final class WordCache {
  /** The longest word that is worth a place. */
  static final int LONGEST = 48;

  private static final int PLACES = 1 << 16;

  private final Entry[] entries = new Entry[PLACES];

  /** One word and what became of it. */
  private static final class Entry {
    final char[] word;
    final int[] found;

    Entry(char[] word, int[] found) {
      this.word = word;
      this.found = found;
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
    var entry = entries[place(text, from, to)];
    if (entry == null) {
      return null;
    }
    var word = entry.word;
    if (word.length != to - from) {
      return null;
    }
    for (int i = 0; i < word.length; i++) {
      if (word[i] != text[from + i]) {
        return null;
      }
    }
    return entry.found;
  }

  void put(String word, int[] found) {
    if (word.length() <= LONGEST) {
      var characters = word.toCharArray();
      entries[place(characters, 0, characters.length)] = new Entry(characters, found);
    }
  }

  private static int place(char[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    hash *= 0x9E3779B1;
    return hash >>> 16;
  }
}
