package dev.merapi.optim;

import dev.merapi.tensor.MerapiException;

/** Refuses hyperparameters that cannot work. */
final class Checks {
  private Checks() {}

  static void that(boolean holds, String message) {
    if (!holds) {
      throw new MerapiException(message);
    }
  }

  static void atLeast(String name, double value, double least) {
    that(value >= least, "the %s must be at least %s, not %s".formatted(name, least, value));
  }

  static void atLeast(String name, long value, long least) {
    that(value >= least, "the %s must be at least %d, not %d".formatted(name, least, value));
  }

  /** A decay such as Adam's β: 0 ≤ value &lt; 1. */
  static void fraction(String name, double value) {
    that(value >= 0 && value < 1, "%s must be in [0, 1), not %s".formatted(name, value));
  }
}
