package dev.merapi.data;

import dev.merapi.tensor.Key;

/** What is done to a batch, at random, before a network in training sees it. */
public interface Augmentation {
  /**
   * The batch as it is seen this time.
   *
   * @param normalisation what was done to its numbers
   * @param classes how many there are; 0 if targets are no classes
   * @param key decides on all that is drawn
   */
  Batch apply(Batch batch, Normalisation normalisation, int classes, Key key);
}
