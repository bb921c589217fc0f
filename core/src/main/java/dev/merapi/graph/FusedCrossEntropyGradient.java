package dev.merapi.graph;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The gradient of {@link FusedCrossEntropy} for its logits, {@code (softmax(x) - [class]) · dy}: of
 * logits, class numbers, the result of the loss and dy (rows) → (rows, classes). It may be written
 * over the logits.
 */
public record FusedCrossEntropyGradient(FusedCrossEntropy loss) implements FusedOp {

  @Override
  public String label() {
    return "cross-entropy gradient";
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    return shapes.getFirst();
  }

  @Override
  public long flops(List<Shape> shapes) {
    return 3 * shapes.getFirst().elements();
  }

  @Override
  public OptionalInt overwritten() {
    return OptionalInt.of(0);
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    List<Tensor> leaves = FusedOp.leaves(inputs);
    Tensor losses = loss.losses(leaves);
    return Gradients.product(losses, inputs.getLast(), leaves.subList(0, 1)).getFirst();
  }

  /** That of the definition, which reads no result of the loss. */
  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    List<Tensor> gradients = new ArrayList<>(FusedOp.super.gradient(inputs, y, dy));
    gradients.set(2, GradientRules.NONE);
    return gradients;
  }
}
