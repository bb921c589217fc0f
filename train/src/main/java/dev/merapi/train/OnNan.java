package dev.merapi.train;

/** What a training does where the loss or a gradient is infinite or NaN. */
public enum OnNan {
  /** Ends the training, with an error that names the step, the layer and the op. */
  STOP,
  /** Says so, and leaves the step out. */
  SKIP,
  /** Says so, and goes on behind it with the weights and optimizer state of the last checkpoint. */
  ROLLBACK
}
