package dev.merapi.train;

import dev.merapi.data.Batch;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Asks for batches, and says so when one does not come: after {@code patience}, and again each time
 * that the wait has doubled. Not for several threads at a time.
 */
final class Waiting implements AutoCloseable {
  private final Duration patience;
  private final Consumer<String> tell;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("merapi-waiting").factory());

  /** What is waited for, and since when; null while nothing is. */
  private volatile Wait now;

  private record Wait(LongFunction<String> name, long count, long since) {}

  Waiting(Duration patience, Consumer<String> tell) {
    this.patience = patience;
    this.tell = tell;
    look(null, patience);
  }

  /**
   * The batches of a source, with an eye on the clock.
   *
   * @param name of the batch that comes after so many
   */
  Iterator<Batch> over(Iterator<Batch> source, LongFunction<String> name) {
    return new Iterator<>() {
      private long count;

      @Override
      public boolean hasNext() {
        return waited(source::hasNext);
      }

      @Override
      public Batch next() {
        var batch = waited(source::next);
        count++;
        return batch;
      }

      private <T> T waited(Supplier<T> asked) {
        return watched(name, count, asked);
      }
    };
  }

  private <T> T watched(LongFunction<String> name, long count, Supplier<T> source) {
    now = new Wait(name, count, System.nanoTime());
    try {
      return source.get();
    } finally {
      now = null;
    }
  }

  /**
   * Tells of the present wait if it is long enough, and looks again when it can be.
   *
   * @param told the wait that was told of last; null for none
   */
  private void look(Wait told, Duration enough) {
    var wait = now;
    long waited = wait == null ? 0 : System.nanoTime() - wait.since();
    var next = wait != null && wait.equals(told) ? enough : patience;
    if (waited >= next.toNanos()) {
      tell.accept(
          String.format(
              Locale.ROOT,
              "%s has not come for %.3g s: its source (a file, a disk, a server,"
                  + " an augmentation) is slow or hangs; still waiting",
              wait.name().apply(wait.count()),
              waited / 1e9));
      next = Duration.ofNanos(2 * waited);
    }
    var again = next;
    var _ =
        clock.schedule(
            () -> look(wait, again), Math.max(1, next.toNanos() - waited), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
