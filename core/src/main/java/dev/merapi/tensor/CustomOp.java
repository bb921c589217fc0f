package dev.merapi.tensor;

import java.util.List;

/**
 * An op of your own, written as a record: a name for a piece of graph, with a gradient of its own
 * where it needs one. Two equal records are the same op, so its components are its attributes.
 *
 * {@snippet :
 * // Rounds forward, passes the gradient straight through (Bengio et al., 2013).
 * record StraightThroughRound() implements CustomOp {
 *   public Tensor definition(List<Tensor> in) { return in.get(0).round(); }
 *   public List<Tensor> gradient(List<Tensor> in, Tensor y, Tensor dy) { return List.of(dy); }
 * }
 * var y = Tensor.custom(new StraightThroughRound(), x);
 * }
 */
public interface CustomOp {

  /**
   * The value in plain ops: gives the shape, the reference, and the way on a backend without a
   * kernel for it.
   */
  Tensor definition(List<Tensor> inputs);

  /**
   * For {@code y = op(inputs)} and {@code dy}, one gradient an input; by default that of the
   * definition.
   */
  default List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    return Gradients.product(definition(inputs), dy, inputs);
  }
}
