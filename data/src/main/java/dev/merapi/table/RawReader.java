package dev.merapi.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Rows of text, one after the other. */
interface RawReader extends Closeable {
  /** The names of the columns. */
  List<String> columns();

  /** What the source itself says of the types of its columns; may say nothing. */
  default Map<String, ColumnType> declared() {
    return Map.of();
  }

  /** Reads the next row; false after the last. A row that cannot be used says so. */
  boolean next(RawRow row) throws IOException;
}
