package dev.merapi.table;

import dev.merapi.data.DataException;
import java.util.Arrays;

/**
 * How a time series becomes examples: {@code length} rows one after the other, and the target of
 * the row that is {@code horizon} rows behind the last of them.
 */
public record Window(int length, int horizon) {
  /** Every row is an example of its own. */
  public static final Window NONE = new Window(0, 0);

  public Window {
    if (length < 0 || (length > 0 && horizon < 1)) {
      throw new DataException(
          "window: length %d, horizon %d; give at least 1 of both".formatted(length, horizon));
    }
  }

  /** Whether rows are examples of their own. */
  public boolean isNone() {
    return length == 0;
  }

  /** Rows from the first of a window to its target. */
  int span() {
    return isNone() ? 0 : length + horizon - 1;
  }

  /** Those of these rows that have enough rows before them to be a target. */
  public int[] complete(int... rows) {
    return Arrays.stream(rows).filter(row -> row >= span()).toArray();
  }
}
