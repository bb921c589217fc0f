package dev.merapi.text;

import java.util.Arrays;

/** A list of ints that grows. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void addAll(int[] more) {
    if (size + more.length > values.length) {
      values = Arrays.copyOf(values, Math.max(2 * values.length, size + more.length));
    }
    // Words are of a token or two: less than a call to copy them costs.
    for (int value : more) {
      values[size++] = value;
    }
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
