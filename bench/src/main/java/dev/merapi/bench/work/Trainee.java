package dev.merapi.bench.work;

import java.util.OptionalDouble;

/** A model that an engine trains, or decodes with, under the clock. */
public interface Trainee {
  /** One step on the fixed batch: its loss. Decoding makes all its tokens and has no loss: NaN. */
  double step();

  /** How many steps a call of {@link #step} is: new tokens where it decodes. */
  default int stepsACall() {
    return 1;
  }

  /** Of decoding: the share of its tokens that the model gives without a cache, too. */
  default OptionalDouble agreement() {
    return OptionalDouble.empty();
  }
}
