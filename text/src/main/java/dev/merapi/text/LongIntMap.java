package dev.merapi.text;

import java.util.Arrays;

/** From longs, which may not be {@link Long#MIN_VALUE}, to ints, without a box for each. */
final class LongIntMap {
  /** What {@link #get} gives for a key that is not there. */
  static final int NONE = -1;

  private static final long EMPTY = Long.MIN_VALUE;

  private long[] keys;
  private int[] values;
  private int size;

  LongIntMap(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected)) << 2;
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(keys, EMPTY);
  }

  /** Two ints as one key. */
  static long key(int left, int right) {
    return (long) left << 32 | (right & 0xFFFFFFFFL);
  }

  int size() {
    return size;
  }

  int get(long key) {
    int slot = slot(key);
    return keys[slot] == key ? values[slot] : NONE;
  }

  /** Puts a value; returns the one that was there, or {@link #NONE}. */
  int put(long key, int value) {
    int slot = slot(key);
    if (keys[slot] == key) {
      int old = values[slot];
      values[slot] = value;
      return old;
    }
    if (size + 1 > keys.length / 2) {
      grow();
      slot = slot(key);
    }
    keys[slot] = key;
    values[slot] = value;
    size++;
    return NONE;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed ^ mixed >>> 32) & mask;
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = new int[keys.length];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
