package dev.merapi.recipe;

import dev.merapi.train.Progress;
import java.util.concurrent.atomic.AtomicLong;

/** Shows a training as one bar, which goes on by one with each epoch. */
final class EpochBar implements Progress {
  private final Bar whole;
  private final AtomicLong epochs = new AtomicLong();

  EpochBar(Bar whole) {
    this.whole = whole;
  }

  @Override
  public Bar start(String label, long total) {
    return new Bar() {
      private Field[] last = new Field[0];

      @Override
      public void step(long done, Field... fields) {
        last = fields;
      }

      @Override
      public void close() {
        whole.step(epochs.incrementAndGet(), last);
      }
    };
  }

  @Override
  public void print(String line) {}
}
