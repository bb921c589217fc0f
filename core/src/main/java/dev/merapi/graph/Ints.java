package dev.merapi.graph;

import java.util.Arrays;
import java.util.stream.IntStream;

/** An immutable vector of ints that compares by value: the axes, strides and paddings of ops. */
public final class Ints {
  private static final Ints EMPTY = new Ints(new int[0]);

  private final int[] values;

  private Ints(int[] values) {
    this.values = values;
  }

  public static Ints of(int... values) {
    return values.length == 0 ? EMPTY : new Ints(values.clone());
  }

  /** The numbers 0 … n-1. */
  public static Ints range(int n) {
    return of(IntStream.range(0, n).toArray());
  }

  /** {@code n} times the same value. */
  public static Ints fill(int n, int value) {
    int[] values = new int[n];
    Arrays.fill(values, value);
    return of(values);
  }

  public int get(int i) {
    return values[i];
  }

  public int size() {
    return values.length;
  }

  public boolean contains(int value) {
    for (int v : values) {
      if (v == value) {
        return true;
      }
    }
    return false;
  }

  public int[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ints ints && Arrays.equals(values, ints.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
