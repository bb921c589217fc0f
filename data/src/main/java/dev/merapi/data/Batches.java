package dev.merapi.data;

import java.util.Iterator;
import java.util.OptionalLong;

/**
 * A supply of batches, pass after pass over some data. What a pass holds depends on its number
 * alone, never on what was read before: a run that is resumed at a {@link Position} sees what it
 * would have seen.
 */
public interface Batches {
  /** What becomes of the examples that do not fill the last batch of a pass. */
  enum Remainder {
    /** They make a last, shorter batch; a model is then compiled for two sizes. */
    KEEP,
    /** They are left out of this pass; with another order they are others in the next. */
    DROP
  }

  /** Batches in one pass; empty where nobody can know, as for a stream. */
  OptionalLong perEpoch();

  /**
   * The batches of the pass {@code position.epoch()} without its first {@code position.batch()}.
   */
  Iterator<Batch> from(Position position);

  /** What a batch becomes, given where it stands. */
  @FunctionalInterface
  interface Change {
    Batch apply(Batch batch, Position position);
  }

  /** The same supply with each batch changed as it is read. */
  default Batches map(Change change) {
    var plain = this;
    return new Batches() {
      @Override
      public OptionalLong perEpoch() {
        return plain.perEpoch();
      }

      @Override
      public Iterator<Batch> from(Position position) {
        var batches = plain.from(position);
        return new Iterator<>() {
          private Position at = position;

          @Override
          public boolean hasNext() {
            return batches.hasNext();
          }

          @Override
          public Batch next() {
            var changed = change.apply(batches.next(), at);
            at = at.nextBatch();
            return changed;
          }
        };
      }
    };
  }

  /** The same supply, of which the next batch is made while the last one is worked on. */
  default Batches ahead() {
    var plain = this;
    return new Batches() {
      @Override
      public OptionalLong perEpoch() {
        return plain.perEpoch();
      }

      @Override
      public Iterator<Batch> from(Position position) {
        return Ahead.of(plain.from(position));
      }
    };
  }

  /** The batches of one whole pass. */
  default Iterable<Batch> epoch(long epoch) {
    return () -> from(new Position(epoch, 0));
  }
}
