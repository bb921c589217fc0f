package dev.merapi.data;

/**
 * Where in the data a training stands: all that a checkpoint has to keep to go on with the very
 * next batch.
 *
 * @param epoch passes over the data that are complete, from 0
 * @param batch batches of the present epoch that are done, from 0
 */
public record Position(long epoch, long batch) {
  /** Before the first batch of the first epoch. */
  public static final Position START = new Position(0, 0);

  /** After one more batch of the same epoch. */
  public Position nextBatch() {
    return new Position(epoch, batch + 1);
  }

  /** Before the first batch of the next epoch. */
  public Position nextEpoch() {
    return new Position(epoch + 1, 0);
  }
}
