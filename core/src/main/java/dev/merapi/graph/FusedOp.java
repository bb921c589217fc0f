package dev.merapi.graph;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * An op that a backend may have a kernel of its own for, with its definition in plain ops beside
 * it. The definition is the reference of the tests, and the way on a backend without the kernel or
 * with {@code -Dmerapi.fused=false}; it is built only where it is needed.
 *
 * <p>An op has one f32 result. Where it makes several things, they stand one after another in it,
 * and slices and reshapes look at them without a copy.
 */
public sealed interface FusedOp
    permits FusedAttention,
        FusedAttentionGradient,
        FusedCrossEntropy,
        FusedCrossEntropyGradient,
        FusedSequence,
        FusedWrite {

  /** For people: {@code attention}. */
  String label();

  /** The shape of the result over inputs of these shapes, which must fit. */
  Shape shape(List<Shape> shapes);

  /** Arithmetic, as {@link Cost} counts it. */
  long flops(List<Shape> shapes);

  /**
   * The input that the result may be written over, row by row, where nobody needs it later; it has
   * the result's shape.
   */
  default OptionalInt overwritten() {
    return OptionalInt.empty();
  }

  /** The value in plain ops. */
  Tensor definition(List<Tensor> inputs);

  /**
   * For {@code y = op(inputs)} and {@code dy}, one gradient an input; by default that of the
   * definition.
   */
  default List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    List<Tensor> leaves = leaves(inputs);
    List<Tensor> floats = leaves.stream().filter(x -> x.dtype().isFloat()).toList();
    var products = Gradients.product(definition(leaves), dy, floats).iterator();
    return leaves.stream()
        .map(x -> x.dtype().isFloat() ? products.next() : GradientRules.NONE)
        .toList();
  }

  /** The tensor of the op over some inputs. */
  default Tensor of(List<Tensor> inputs) {
    return new Tensor(new Op.Fused(this, inputs));
  }

  /**
   * The same tensors as nodes none of which is computed from another, so that gradients for one do
   * not flow through another.
   */
  static List<Tensor> leaves(List<Tensor> inputs) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor x : inputs) {
      leaves.add(x.dtype().isFloat() ? new Tensor(new MovementOp.Reshape(x, x.shape())) : x);
    }
    return leaves;
  }
}
