package dev.merapi.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Batches of another iterator, of which the next is made on another thread while the last one is
 * worked on. One that is left alone has made one batch in vain, and holds no thread.
 */
final class Ahead implements Iterator<Batch> {
  private final Iterator<Batch> batches;
  private FutureTask<Batch> next;

  private Ahead(Iterator<Batch> batches) {
    this.batches = batches;
    this.next = start();
  }

  static Iterator<Batch> of(Iterator<Batch> batches) {
    return batches.hasNext() ? new Ahead(batches) : batches;
  }

  private FutureTask<Batch> start() {
    var task = new FutureTask<>(batches::next);
    Thread.ofPlatform().daemon().name("merapi-batches").start(task); // see DecodedFiles
    return task;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Batch next() {
    if (next == null) {
      throw new NoSuchElementException("the epoch has no more batches");
    }
    try {
      var batch = next.get();
      next = batches.hasNext() ? start() : null;
      return batch;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a batch could not be made", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("reading batches was interrupted", e);
    }
  }
}
