package dev.merapi.text;

import java.util.Arrays;

/** A heap of pairs: the largest count first, and of equal ones the lowest key. */
final class PairHeap {
  private long[] counts;
  private long[] keys;
  private int size;

  PairHeap(int expected) {
    counts = new long[Math.max(16, expected)];
    keys = new long[counts.length];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The count of the first pair. */
  long count() {
    return counts[0];
  }

  /** The key of the first pair. */
  long key() {
    return keys[0];
  }

  void add(long count, long key) {
    if (size == counts.length) {
      counts = Arrays.copyOf(counts, 2 * size);
      keys = Arrays.copyOf(keys, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!isBefore(count, key, parent)) {
        break;
      }
      counts[at] = counts[parent];
      keys[at] = keys[parent];
      at = parent;
    }
    counts[at] = count;
    keys[at] = key;
  }

  /** Removes the first pair. */
  void remove() {
    size--;
    long count = counts[size];
    long key = keys[size];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && isBefore(counts[child + 1], keys[child + 1], child)) {
        child++;
      }
      if (isBefore(count, key, child)) {
        break;
      }
      counts[at] = counts[child];
      keys[at] = keys[child];
      at = child;
    }
    counts[at] = count;
    keys[at] = key;
  }

  private boolean isBefore(long count, long key, int than) {
    return count > counts[than] || (count == counts[than] && key < keys[than]);
  }
}
