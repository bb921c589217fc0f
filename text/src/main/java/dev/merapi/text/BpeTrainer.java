package dev.merapi.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns merges: again and again the pair of neighbours that is there most often (Sennrich et al.,
 * 2016); of pairs that are there as often, the one of the lower ids. Counts are kept from one merge
 * to the next, and only words that hold the merged pair are looked at.
 */
final class BpeTrainer {
  private final List<String> tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  private final String prefix;
  private final int[][] words;
  private final long[] counts;
  private final LongIntMap pairs = new LongIntMap(1 << 16); // of two ids: the index below
  private long[] keys = new long[1 << 16];
  private long[] pairCounts = new long[1 << 16];
  private IntList[] places = new IntList[1 << 16]; // words that hold the pair, or held it
  private int size;

  /** A learned merge: the ids of its parts; the id of the whole is the next free one. */
  record Merge(int left, int right, int into) {}

  /**
   * @param tokens the tokens that are there from the start; those that are learned are added
   * @param words how often each word is there; each of its code points is a token, or is left out
   * @param prefix what a token has before it that does not begin a word, and loses in a merge
   */
  BpeTrainer(List<String> tokens, Map<String, Long> words, String prefix) {
    this.tokens = tokens;
    this.prefix = prefix;
    for (int id = 0; id < tokens.size(); id++) {
      ids.putIfAbsent(tokens.get(id), id);
    }
    // In an order of their own, so that the same words give the same merges.
    var inOrder = new ArrayList<>(words.keySet());
    inOrder.sort(null);
    this.words = new int[inOrder.size()][];
    counts = new long[inOrder.size()];
    for (int i = 0; i < counts.length; i++) {
      var word = inOrder.get(i);
      counts[i] = words.get(word);
      this.words[i] = symbols(word);
    }
  }

  private int[] symbols(String word) {
    var symbols = new IntList();
    for (int at = 0; at < word.length(); ) {
      int next = word.offsetByCodePoints(at, 1);
      var symbol = word.substring(at, next);
      int id = ids.getOrDefault(at == 0 ? symbol : prefix + symbol, -1);
      if (id >= 0) {
        symbols.add(id);
      }
      at = next;
    }
    return symbols.toArray();
  }

  /** Learns merges until there are so many tokens, or no pair is there often enough. */
  List<Merge> train(int vocabularySize, long leastCount) {
    for (int word = 0; word < words.length; word++) {
      for (int i = 0; i + 1 < words[word].length; i++) {
        count(words[word][i], words[word][i + 1], counts[word], word);
      }
    }
    var heap = new PairHeap(size);
    for (int pair = 0; pair < size; pair++) {
      heap.add(pairCounts[pair], keys[pair]);
    }
    var merges = new ArrayList<Merge>();
    while (tokens.size() < vocabularySize && !heap.isEmpty()) {
      long count = heap.count();
      long key = heap.key();
      heap.remove();
      int pair = pairs.get(key);
      if (pairCounts[pair] != count) {
        if (pairCounts[pair] > 0) {
          heap.add(pairCounts[pair], key);
        }
        continue;
      }
      if (count < Math.max(1, leastCount)) {
        break;
      }
      int left = (int) (key >>> 32);
      int right = (int) key;
      var end = tokens.get(right);
      var text = tokens.get(left) + (end.startsWith(prefix) ? end.substring(prefix.length()) : end);
      var known = ids.putIfAbsent(text, tokens.size());
      int into = known == null ? tokens.size() : known;
      if (known == null) {
        tokens.add(text);
      }
      merges.add(new Merge(left, right, into));
      merge(pair, left, right, into, heap);
    }
    return merges;
  }

  private void merge(int pair, int left, int right, int into, PairHeap heap) {
    var where = places[pair];
    places[pair] = null;
    int before = size;
    var touched = new IntList();
    for (int i = 0; i < where.size(); i++) {
      int word = where.get(i);
      var symbols = words[word];
      int kept = 0;
      boolean changed = false;
      for (int j = 0; j < symbols.length; j++) {
        if (j + 1 < symbols.length && symbols[j] == left && symbols[j + 1] == right) {
          if (kept > 0) {
            count(symbols[kept - 1], left, -counts[word], -1);
            touched.add(count(symbols[kept - 1], into, counts[word], word));
          }
          if (j + 2 < symbols.length) {
            count(right, symbols[j + 2], -counts[word], -1);
            touched.add(count(into, symbols[j + 2], counts[word], word));
          }
          symbols[kept++] = into;
          j++;
          changed = true;
        } else {
          symbols[kept++] = symbols[j];
        }
      }
      if (changed) {
        words[word] = Arrays.copyOf(symbols, kept);
      }
    }
    pairCounts[pair] = 0;
    for (int i = before; i < size; i++) {
      heap.add(pairCounts[i], keys[i]);
    }
    // A pair that was known before and is there more often now has to come up in time.
    for (int i = 0; i < touched.size(); i++) {
      if (touched.get(i) < before && pairCounts[touched.get(i)] > 0) {
        heap.add(pairCounts[touched.get(i)], keys[touched.get(i)]);
      }
    }
  }

  /** Adds to how often a pair is there, and notes the word, unless that is -1. */
  private int count(int left, int right, long by, int word) {
    long key = LongIntMap.key(left, right);
    int pair = pairs.get(key);
    if (pair == LongIntMap.NONE) {
      pair = size++;
      if (pair == keys.length) {
        keys = Arrays.copyOf(keys, 2 * pair);
        pairCounts = Arrays.copyOf(pairCounts, 2 * pair);
        places = Arrays.copyOf(places, 2 * pair);
      }
      keys[pair] = key;
      pairs.put(key, pair);
    }
    pairCounts[pair] += by;
    if (word >= 0) {
      if (places[pair] == null) {
        places[pair] = new IntList();
      }
      var list = places[pair];
      if (list.size() == 0 || list.get(list.size() - 1) != word) {
        list.add(word);
      }
    }
    return pair;
  }
}
