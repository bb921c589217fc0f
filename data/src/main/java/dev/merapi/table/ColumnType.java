package dev.merapi.table;

/** What the cells of a column are. */
public enum ColumnType {
  /** Numbers. */
  NUMERIC,
  /** One of a number of words, such as a class or a colour. */
  CATEGORY,
  /** Any words. */
  TEXT,
  /** Days or moments, kept as seconds since 1970-01-01T00:00Z. */
  TIME;

  /** Whether a column keeps its cells as numbers. */
  boolean isNumber() {
    return this == NUMERIC || this == TIME;
  }
}
