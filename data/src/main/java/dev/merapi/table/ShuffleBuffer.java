package dev.merapi.table;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches.Remainder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Makes batches of rows as they are read. To shuffle, it keeps a number of rows, and puts a row
 * that is read in the place of one drawn from them, which goes to the batch.
 */
final class ShuffleBuffer implements Iterator<Batch> {
  private final TableStream stream;
  private final ReadAhead source;
  private final Optional<SplittableRandom> draws;
  private final int count;
  private final Remainder remainder;
  private final int width;
  private final float[] keptX;
  private final float[] keptY;
  private int kept;

  private ReadAhead.Ready part = new ReadAhead.Ready(new float[0], new float[0], Optional.empty());
  private int at;
  private boolean ended;

  private float[] x;
  private float[] y;
  private int filled;

  ShuffleBuffer(
      TableStream stream,
      ReadAhead source,
      Optional<SplittableRandom> draws,
      int buffer,
      int count,
      Remainder remainder) {
    this.stream = stream;
    this.source = source;
    this.draws = draws;
    this.count = count;
    this.remainder = remainder;
    this.width = Math.toIntExact(stream.features().elements());
    this.keptX = new float[Math.multiplyExact(buffer, width)];
    this.keptY = new float[buffer];
    this.x = new float[Math.multiplyExact(count, width)];
    this.y = new float[count];
  }

  @Override
  public boolean hasNext() {
    while (filled < count && advance()) {}
    return filled == count || (filled > 0 && remainder == Remainder.KEEP);
  }

  /** Moves one row into the batch or the buffer; false if there are no more. */
  private boolean advance() {
    while (!ended && at == part.y().length) {
      var next = source.next();
      ended = next.isEmpty();
      part = next.orElse(part);
      at = ended ? at : 0;
    }
    if (ended) {
      return drain();
    }
    if (draws.isEmpty()) {
      emit(part.x(), part.y(), at++);
    } else if (kept < keptY.length) {
      keep(kept++);
    } else {
      int drawn = draws.get().nextInt(kept);
      emit(keptX, keptY, drawn);
      keep(drawn);
    }
    return true;
  }

  /** Moves a row of the buffer into the batch. */
  private boolean drain() {
    if (kept == 0) {
      return false;
    }
    int drawn = draws.orElseThrow().nextInt(kept);
    emit(keptX, keptY, drawn);
    kept--;
    System.arraycopy(keptX, kept * width, keptX, drawn * width, width);
    keptY[drawn] = keptY[kept];
    return true;
  }

  private void keep(int to) {
    System.arraycopy(part.x(), at * width, keptX, to * width, width);
    keptY[to] = part.y()[at++];
  }

  private void emit(float[] fromX, float[] fromY, int from) {
    System.arraycopy(fromX, from * width, x, filled * width, width);
    y[filled++] = fromY[from];
  }

  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the pass over the table is at its end");
    }
    var batch =
        filled == count
            ? stream.batch(x, y, count)
            : stream.batch(Arrays.copyOf(x, filled * width), Arrays.copyOf(y, filled), filled);
    x = new float[x.length]; // the batch has taken the other
    y = new float[y.length];
    filled = 0;
    return batch;
  }
}
