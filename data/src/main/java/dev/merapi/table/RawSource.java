package dev.merapi.table;

import java.io.IOException;

/** Where a table comes from: a file of some format, or a query. */
interface RawSource {
  /** What it is called in messages. */
  String name();

  /** Begins to read, from the first row. */
  RawReader open() throws IOException;

  /** SHA-256 of what it holds, as 64 hexadecimal digits. */
  String fingerprint();
}
