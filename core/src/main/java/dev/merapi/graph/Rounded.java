package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * Rounds the factors of contractions to bf16 ({@link dev.merapi.tensor.Precision#BF16}). The cast
 * goes below views, next to what computes the elements: there it is fused with it, and a weight
 * that is read plain and transposed is rounded once a step.
 *
 * @param unique makes a tensor of an op, the same one for equal ops
 */
record Rounded(Function<Op, Tensor> unique) {

  /** The same contraction of rounded factors; any other op as it is. */
  Op factors(Op op) {
    boolean contraction =
        op instanceof ContractionOp.MatMul
            || op instanceof ContractionOp.Conv
            || op instanceof ContractionOp.ConvInput
            || op instanceof ContractionOp.ConvWeight;
    return contraction ? op.with(op.inputs().stream().map(this::round).toList()) : op;
  }

  private Tensor round(Tensor x) {
    if (x.dtype() == DType.BF16) {
      return x;
    }
    if (x.op() instanceof Op.Cast(var z, _) && z.dtype() == DType.BF16) {
      return z;
    }
    return Legal.isMovement(x.op())
        ? unique.apply(x.op().with(List.of(round(x.op().inputs().getFirst()))))
        : unique.apply(new Op.Cast(x, DType.BF16));
  }
}
