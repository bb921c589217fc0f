package dev.merapi.text;

import java.util.Arrays;

/** Tokens as they are found: a list that grows. */
final class Tokens {
  private int[] ids = new int[16];
  private int[] types = new int[16];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private boolean[] added = new boolean[16];
  private int size;

  int size() {
    return size;
  }

  int id(int index) {
    return ids[index];
  }

  int start(int index) {
    return starts[index];
  }

  int end(int index) {
    return ends[index];
  }

  /** Adds a token that stands in the text. */
  void add(int id, int start, int end) {
    add(id, 0, start, end, false);
  }

  private void add(int id, int type, int start, int end, boolean isAdded) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      types = Arrays.copyOf(types, 2 * size);
      starts = Arrays.copyOf(starts, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
      added = Arrays.copyOf(added, 2 * size);
    }
    ids[size] = id;
    types[size] = type;
    starts[size] = start;
    ends[size] = end;
    added[size++] = isAdded;
  }

  /** Adds a token that is put around the text. */
  void addSpecial(int id, int type) {
    add(id, type, 0, 0, true);
  }

  /** Adds all of another's tokens, which get this type. */
  void addAll(Tokens other, int type) {
    for (int i = 0; i < other.size; i++) {
      add(other.ids[i], type, other.starts[i], other.ends[i], other.added[i]);
    }
  }

  /** Moves where a token stands. */
  void place(int index, int start, int end) {
    starts[index] = start;
    ends[index] = end;
  }

  Encoding toEncoding() {
    return new Encoding(
        Arrays.copyOf(ids, size),
        Arrays.copyOf(types, size),
        Arrays.copyOf(starts, size),
        Arrays.copyOf(ends, size),
        Arrays.copyOf(added, size));
  }
}
