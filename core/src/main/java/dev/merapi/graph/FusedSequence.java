package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent layer over a whole sequence, or its gradient. The first inputs are the projections
 * (batch, time, gates · hidden) of what is read, and the recurrent weight (gates · hidden, hidden).
 */
public sealed interface FusedSequence extends FusedOp
    permits FusedLstm, FusedGru, FusedSequence.Gradient {

  /** Gates of a hidden unit. */
  int gates();

  /** Of the recurrent products. */
  @Override
  default long flops(List<Shape> shapes) {
    return RecurrentSizes.of(shapes).flops(gates());
  }

  /** The gradient of a sequence with four inputs, which are followed by its result. */
  sealed interface Gradient extends FusedSequence permits FusedLstmGradient, FusedGruGradient {

    /** That of the definition, which reads no result of the sequence. */
    @Override
    default List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
      List<Tensor> gradients = new ArrayList<>(FusedSequence.super.gradient(inputs, y, dy));
      gradients.set(4, GradientRules.NONE);
      return gradients;
    }
  }
}
