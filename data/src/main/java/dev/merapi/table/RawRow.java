package dev.merapi.table;

import java.util.Arrays;

/** One row as text, as a reader finds it. It is used again for the next row. */
final class RawRow {
  private char[] chars = new char[1 << 10];
  private int[] ends = new int[16];
  private int count;
  private long line;
  private String problem = "";

  /** Makes it an empty row of a line, from 1. */
  void begin(long at) {
    count = 0;
    line = at;
    problem = "";
  }

  void add(char[] from, int offset, int length) {
    int start = room(length);
    System.arraycopy(from, offset, chars, start, length);
    ends[count++] = start + length;
  }

  void add(String cell) {
    int start = room(cell.length());
    cell.getChars(0, cell.length(), chars, start);
    ends[count++] = start + cell.length();
  }

  private int room(int length) {
    int start = count == 0 ? 0 : ends[count - 1];
    if (start + length > chars.length) {
      chars = Arrays.copyOf(chars, Math.max(start + length, 2 * chars.length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    return start;
  }

  /** Marks the row as one that cannot be used. */
  void fail(String why) {
    problem = why;
  }

  /** Why the row cannot be used; empty where it can. */
  String problem() {
    return problem;
  }

  long line() {
    return line;
  }

  int size() {
    return count;
  }

  /** The text of all cells; not to be written to. */
  char[] chars() {
    return chars;
  }

  /** Where a cell begins in {@link #chars}, without the spaces before it. */
  int start(int cell) {
    int start = cell == 0 ? 0 : ends[cell - 1];
    while (start < ends[cell] && chars[start] == ' ') {
      start++;
    }
    return start;
  }

  /** Where a cell ends in {@link #chars}, without the spaces behind it. */
  int end(int cell) {
    int end = ends[cell];
    int start = cell == 0 ? 0 : ends[cell - 1];
    while (end > start && chars[end - 1] == ' ') {
      end--;
    }
    return end;
  }

  /** A cell without the spaces around it. */
  String text(int cell) {
    int start = start(cell);
    return new String(chars, start, Math.max(0, end(cell) - start));
  }
}
