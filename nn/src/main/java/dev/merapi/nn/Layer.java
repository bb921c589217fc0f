package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * A function of a tensor with parameters of its own: a piece of a model, or a whole one.
 *
 * <p>A layer is a record. Its components are its {@link dev.merapi.tensor.Parameter}s and its
 * sub-layers, and their names are the keys of the checkpoint; {@link Parameters#of} finds them.
 * What differs between training and use is told by the {@link Mode} of each call.
 *
 * {@snippet :
 * record Perceptron(Linear hidden, Linear output) implements Layer {
 *   public Tensor apply(Tensor x, Mode mode) {
 *     return output.apply(hidden.apply(x, mode).relu(), mode);
 *   }
 * }
 * }
 */
@FunctionalInterface
public interface Layer {

  /** The layer's value as a graph over x; nothing is computed yet. */
  Tensor apply(Tensor x, Mode mode);

  /** {@link #apply(Tensor, Mode)} in evaluation. */
  default Tensor apply(Tensor x) {
    return apply(x, Mode.evaluation());
  }
}
