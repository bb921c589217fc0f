package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** How the losses of single elements become one number. */
public enum Reduction {
  /** Their mean. */
  MEAN,
  /** Their sum. */
  SUM,
  /** Their sum divided by the size of axis 0. */
  BATCH_MEAN,
  /** They stay as they are. */
  NONE;

  Tensor of(Tensor losses) {
    return switch (this) {
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
      case BATCH_MEAN -> losses.sum().div(losses.shape().size(0));
      case NONE -> losses;
    };
  }

  /** The mean is weighted: the sum of the losses divided by that of their weights. */
  Tensor of(Tensor losses, Tensor weights) {
    return this == MEAN ? losses.sum().div(weights.sum()) : of(losses);
  }
}
