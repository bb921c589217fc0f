package dev.merapi.nn;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Tensor;

/**
 * A layer whose inner values are computed again for the gradient instead of being kept (gradient
 * checkpointing; Chen et al., 2016): of a stack of such blocks only their inputs stay in memory,
 * for about a third more work.
 *
 * <p>Results, gradients and state have the same bits as without it, random numbers included, and
 * checkpoints the same names.
 *
 * {@snippet :
 * var deep = Sequential.of(Recompute.of(block), Recompute.of(another), head);
 * }
 */
public record Recompute(Layer layer) implements Wrapper {
  public static Recompute of(Layer layer) {
    return new Recompute(layer);
  }

  @Override
  public Recompute around(Layer other) {
    return new Recompute(other);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor y = layer.apply(x, mode);
    return switch (mode) {
      case Mode.Evaluation _ -> y;
      case Mode.Training _ -> Gradients.recomputed(y, x);
    };
  }
}
