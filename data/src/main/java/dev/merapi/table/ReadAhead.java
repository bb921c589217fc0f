package dev.merapi.table;

import dev.merapi.tensor.MerapiException;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads and prepares a table on a virtual thread, some parts ahead of whoever uses them. The thread
 * ends with the table, or soon after nobody holds this any more.
 */
final class ReadAhead {
  private static final int PARTS = 4;
  private static final Ready END = new Ready(new float[0], new float[0], Optional.empty());

  private final BlockingQueue<Ready> queue;

  /** Prepared examples, one after the other; none at the end; or why there are no more. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
  record Ready(float[] x, float[] y, Optional<RuntimeException> failure) {}

  private ReadAhead(BlockingQueue<Ready> queue) {
    this.queue = queue;
  }

  static ReadAhead start(TableSource source, Prepared prepared, RowPart part, Use use) {
    var queue = new ArrayBlockingQueue<Ready>(PARTS);
    var ahead = new ReadAhead(queue);
    var user = new WeakReference<>(ahead); // the thread must not be what keeps it
    Thread.ofPlatform() // a database's driver may be native
        .daemon()
        .name("reading " + source.name())
        .start(() -> read(source, prepared, part, use, queue, user));
    return ahead;
  }

  private static void read(
      TableSource source,
      Prepared prepared,
      RowPart part,
      Use use,
      BlockingQueue<Ready> queue,
      WeakReference<ReadAhead> user) {
    try (var reader = source.open(BadRows.skip())) { // they were counted when it was first read
      boolean wanted = true;
      for (var rows = reader.next(); rows.size() > 0 && wanted; rows = reader.next()) {
        var table = prepared.apply(rows.select(part.of(rows)), use);
        wanted = table.size() == 0 || put(prepared.ready(table), queue, user);
      }
      put(END, queue, user);
    } catch (RuntimeException e) { // told by the thread that uses the rows
      put(new Ready(new float[0], new float[0], Optional.of(e)), queue, user);
    }
  }

  /** Waits for a place; false when nobody wants it any more. */
  private static boolean put(
      Ready ready, BlockingQueue<Ready> queue, WeakReference<ReadAhead> user) {
    try {
      while (!queue.offer(ready, 1, TimeUnit.SECONDS)) {
        if (user.refersTo(null)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  /** The next examples; empty at the end. */
  Optional<Ready> next() {
    try {
      var ready = queue.take();
      ready
          .failure()
          .ifPresent(
              failure -> {
                throw failure;
              });
      return ready.y().length == 0 ? Optional.empty() : Optional.of(ready);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MerapiException("the reading of a table was interrupted", e);
    }
  }
}
