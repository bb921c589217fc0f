package dev.merapi.train;

import dev.merapi.tensor.MerapiException;

/**
 * How long to train.
 *
 * @param count passes over the training data, counted from the very first, so that a run that is
 *     resumed ends where it would have ended; at least 1
 */
public record Epochs(int count) {
  public Epochs {
    if (count < 1) {
      throw new MerapiException("epochs: " + count + " is too few; train for at least 1");
    }
  }

  /** So many passes over the training data. */
  public static Epochs of(int count) {
    return new Epochs(count);
  }
}
