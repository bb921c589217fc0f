package dev.merapi.data;

import dev.merapi.tensor.Key;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Orders of rows: the whole of splitting, shuffling and cutting into batches. */
final class Rows {
  private Rows() {}

  static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  /** Takes the fraction of each group for the first part and what is left for the other. */
  static Dataset.Parts split(Dataset data, int[][] groups, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new DataException("split: the fraction is " + fraction + "; give one from 0 to 1");
    }
    var first = IntStream.builder();
    var rest = IntStream.builder();
    for (int[] group : groups) {
      long taken = Math.round(fraction * group.length);
      for (int i = 0; i < group.length; i++) {
        (i < taken ? first : rest).add(group[i]);
      }
    }
    return new Dataset.Parts(
        data.select(first.build().toArray()), data.select(rest.build().toArray()));
  }

  /** The rows of each class in an order drawn by the key. */
  static int[][] shuffledByClass(int[] labels, int classes, Key key) {
    int[] order = key.permutation(labels.length);
    int[][] groups = new int[classes][];
    for (int c = 0; c < classes; c++) {
      int wanted = c;
      groups[c] = Arrays.stream(order).filter(row -> labels[row] == wanted).toArray();
    }
    return groups;
  }

  /** Batches in the order of the rows. */
  record Ordered(Dataset data, int batch, Batches.Remainder remainder) implements Batches {
    Ordered {
      check(batch);
    }

    @Override
    public OptionalLong perEpoch() {
      return OptionalLong.of(count(data.size(), batch, remainder));
    }

    @Override
    public Iterator<Batch> from(Position position) {
      return walk(data, range(0, data.size()), batch, remainder, position.batch());
    }
  }

  /** Batches in an order drawn by the key and the number of the epoch. */
  record Shuffled(Dataset data, int batch, Key key, Batches.Remainder remainder)
      implements Batches {
    Shuffled {
      check(batch);
    }

    @Override
    public OptionalLong perEpoch() {
      return OptionalLong.of(count(data.size(), batch, remainder));
    }

    @Override
    public Iterator<Batch> from(Position position) {
      int[] order = key.fold(position.epoch()).permutation(data.size());
      return walk(data, order, batch, remainder, position.batch());
    }
  }

  private static void check(int batch) {
    if (batch < 1) {
      throw new DataException("batches: the size is " + batch + "; give at least 1");
    }
  }

  private static long count(int rows, int batch, Batches.Remainder remainder) {
    return switch (remainder) {
      case KEEP -> (rows + batch - 1L) / batch;
      case DROP -> rows / batch;
    };
  }

  private static Iterator<Batch> walk(
      Dataset data, int[] order, int batch, Batches.Remainder remainder, long first) {
    long count = count(order.length, batch, remainder);
    var batches = batches(data, order, batch, count, first);
    return data.isSlow() ? Ahead.of(batches) : batches;
  }

  private static Iterator<Batch> batches(
      Dataset data, int[] order, int batch, long count, long first) {
    return new Iterator<>() {
      private long next = first;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the epoch has " + count + " batches");
        }
        int from = Math.toIntExact(next++ * batch);
        return data.gather(
            Arrays.copyOfRange(order, from, (int) Math.min((long) from + batch, order.length)));
      }
    };
  }
}
