package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.Position;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Batches for training of texts that are of about the same length, so that little is filled up.
 * What a batch holds follows from the key, the epoch and the batch's number alone.
 *
 * @param texts how many there are
 * @param length of each
 * @param gather makes a batch of rows
 */
record ByLength(int texts, IntUnaryOperator length, Function<int[], Batch> gather) {
  /** Batches whose texts are sorted by length together. */
  private static final int POOL = 50;

  /**
   * The supply.
   *
   * @param plain of as many batches
   */
  Batches batches(int size, Key shuffle, Batches.Remainder remainder, Batches plain) {
    return new Batches() {
      @Override
      public OptionalLong perEpoch() {
        return plain.perEpoch();
      }

      @Override
      public Iterator<Batch> from(Position position) {
        return rows(size, shuffle.fold(position.epoch()), remainder).stream()
            .skip(position.batch())
            .map(gather)
            .iterator();
      }
    };
  }

  /** Rows of batches: shuffled, then sorted by length within pools; the batches shuffled again. */
  private List<int[]> rows(int batch, Key key, Batches.Remainder remainder) {
    int[] order = key.fold(0).permutation(texts);
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += POOL * batch) {
      int[] pool =
          Arrays.stream(order, from, Math.min(order.length, from + POOL * batch))
              .boxed()
              .sorted(Comparator.comparingInt(length::applyAsInt).reversed())
              .mapToInt(Integer::intValue)
              .toArray();
      for (int at = 0; at < pool.length; at += batch) {
        batches.add(Arrays.copyOfRange(pool, at, Math.min(pool.length, at + batch)));
      }
    }
    if (remainder == Batches.Remainder.DROP && order.length % batch != 0) {
      batches.removeLast();
    }
    return IntStream.of(key.fold(1).permutation(batches.size())).mapToObj(batches::get).toList();
  }
}
