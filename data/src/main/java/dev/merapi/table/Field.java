package dev.merapi.table;

import java.util.Locale;

/** A column's name, and what its cells are. */
public record Field(String name, ColumnType type) {
  /** A column of numbers. */
  public static Field numeric(String name) {
    return new Field(name, ColumnType.NUMERIC);
  }

  /** A column of one of a number of words. */
  public static Field category(String name) {
    return new Field(name, ColumnType.CATEGORY);
  }

  @Override
  public String toString() {
    return name + ": " + type.name().toLowerCase(Locale.ROOT);
  }
}
