package dev.merapi.text;

import java.util.Arrays;

/**
 * Which pairs of tokens become one, and which first: of all neighbours the pair of the lowest rank,
 * and of equal ones the leftmost, again and again (Gage, 1994; Sennrich et al., 2016).
 */
final class Merges {
  // Below this many tokens, looking at all of them beats a heap.
  private static final int SHORT = 24;

  private final LongIntMap indices; // of a pair: where the arrays tell of it
  private int[] lefts = new int[64];
  private int[] rights = new int[64];
  private int[] ranks = new int[64];
  private int[] merged = new int[64];
  private int size;

  Merges(int expected) {
    indices = new LongIntMap(expected);
  }

  /** Adds a pair; one that is there keeps its place and gets the new rank. */
  void add(int left, int right, int rank, int into) {
    int index = indices.get(LongIntMap.key(left, right));
    if (index == LongIntMap.NONE) {
      index = size++;
      if (size > lefts.length) {
        lefts = Arrays.copyOf(lefts, 2 * size);
        rights = Arrays.copyOf(rights, 2 * size);
        ranks = Arrays.copyOf(ranks, 2 * size);
        merged = Arrays.copyOf(merged, 2 * size);
      }
      indices.put(LongIntMap.key(left, right), index);
    }
    lefts[index] = left;
    rights[index] = right;
    ranks[index] = rank;
    merged[index] = into;
  }

  int size() {
    return size;
  }

  int left(int index) {
    return lefts[index];
  }

  int right(int index) {
    return rights[index];
  }

  /**
   * Merges what can be merged, in place.
   *
   * @param ids the tokens
   * @param lengths how long each is; sums follow the merges
   * @return how many tokens are left
   */
  int apply(int[] ids, int[] lengths, int count) {
    return count <= SHORT ? applyShort(ids, lengths, count) : applyLong(ids, lengths, count);
  }

  private int applyShort(int[] ids, int[] lengths, int count) {
    var pairs = new int[count]; // of i and i + 1
    for (int i = 0; i + 1 < count; i++) {
      pairs[i] = indices.get(LongIntMap.key(ids[i], ids[i + 1]));
    }
    while (count > 1) {
      int best = -1;
      int rank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < count; i++) {
        if (pairs[i] >= 0 && ranks[pairs[i]] < rank) {
          rank = ranks[pairs[i]];
          best = i;
        }
      }
      if (best < 0) {
        break;
      }
      ids[best] = merged[pairs[best]];
      lengths[best] += lengths[best + 1];
      int moved = count - best - 2;
      System.arraycopy(ids, best + 2, ids, best + 1, moved);
      System.arraycopy(lengths, best + 2, lengths, best + 1, moved);
      System.arraycopy(pairs, best + 2, pairs, best + 1, moved);
      count--;
      if (best + 1 < count) {
        pairs[best] = indices.get(LongIntMap.key(ids[best], ids[best + 1]));
      }
      if (best > 0) {
        pairs[best - 1] = indices.get(LongIntMap.key(ids[best - 1], ids[best]));
      }
    }
    return count;
  }

  private int applyLong(int[] ids, int[] lengths, int count) {
    var previous = new int[count];
    var next = new int[count];
    var heap = new LongHeap(count);
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < count ? i + 1 : -1;
      offer(heap, ids, i, next[i]);
    }
    while (!heap.isEmpty()) {
      long top = heap.poll();
      int rank = (int) (top >>> 32);
      int left = (int) top;
      int right = ids[left] < 0 ? -1 : next[left];
      if (right < 0) {
        continue;
      }
      // What the heap says may be of yesterday.
      int index = indices.get(LongIntMap.key(ids[left], ids[right]));
      if (index == LongIntMap.NONE || ranks[index] != rank) {
        continue;
      }
      ids[left] = merged[index];
      lengths[left] += lengths[right];
      ids[right] = -1;
      next[left] = next[right];
      if (next[right] >= 0) {
        previous[next[right]] = left;
      }
      offer(heap, ids, left, next[left]);
      if (previous[left] >= 0) {
        offer(heap, ids, previous[left], left);
      }
    }
    int left = 0;
    for (int i = 0; i >= 0; i = next[i]) {
      ids[left] = ids[i];
      lengths[left++] = lengths[i];
    }
    return left;
  }

  private void offer(LongHeap heap, int[] ids, int left, int right) {
    if (right >= 0) {
      int index = indices.get(LongIntMap.key(ids[left], ids[right]));
      if (index != LongIntMap.NONE) {
        heap.add((long) ranks[index] << 32 | left);
      }
    }
  }
}
