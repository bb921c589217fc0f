package dev.merapi.data;

import dev.merapi.tensor.Tensor;

/**
 * Some examples, stacked along the first axis.
 *
 * @param x features {@code (batch, …)}, f32 or i32
 * @param y targets {@code (batch, …)}: i32 class numbers {@code (batch)}, or f32 values
 */
public record Batch(Tensor x, Tensor y) {
  /** The number of examples. */
  public int size() {
    return x.shape().size(0);
  }
}
