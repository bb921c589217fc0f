package dev.merapi.table;

import java.util.Arrays;
import java.util.List;

/** The cells of one column. Not changed once they are made. */
sealed interface Cells {
  /** The number of cells. */
  int size();

  /** Whether a cell holds nothing. */
  boolean isMissing(int row);

  /** A cell as it would be written; empty where it is missing. */
  String text(int row);

  /** The cells of these rows. */
  Cells select(int... rows);

  /** Numbers; NaN where there is none. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; owned by the table
  record Numbers(double[] values) implements Cells {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public boolean isMissing(int row) {
      return Double.isNaN(values[row]);
    }

    @Override
    public String text(int row) {
      double value = values[row];
      if (Double.isNaN(value)) {
        return "";
      }
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : Double.toString(value);
    }

    @Override
    public Cells select(int... rows) {
      double[] selected = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = values[rows[i]];
      }
      return new Numbers(selected);
    }
  }

  /** Words; empty where there is none. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; owned by the table
  record Words(String[] values) implements Cells {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public boolean isMissing(int row) {
      return values[row].isEmpty();
    }

    @Override
    public String text(int row) {
      return values[row];
    }

    @Override
    public Cells select(int... rows) {
      return new Words(Arrays.stream(rows).mapToObj(row -> values[row]).toArray(String[]::new));
    }
  }

  /** The cells of several tables, one after the other; all numbers or all words. */
  static Cells concat(List<Cells> parts) {
    return parts.getFirst() instanceof Numbers
        ? new Numbers(
            parts.stream()
                .map(Numbers.class::cast)
                .flatMapToDouble(part -> Arrays.stream(part.values()))
                .toArray())
        : new Words(
            parts.stream()
                .map(Words.class::cast)
                .flatMap(part -> Arrays.stream(part.values()))
                .toArray(String[]::new));
  }
}
