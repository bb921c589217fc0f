package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Cross-entropy {@code log Σ exp(x) - x[class]} of each row of logits, whose probabilities are
 * never in memory.
 *
 * <p>Inputs: logits (rows, classes), class numbers i32 (rows). The result is the losses (rows), and
 * then what was subtracted of each row and its sum of exponentials, which are the gradient's and
 * have none themselves; all in one row. The loss of an ignored class number is 0; of one outside 0
 * … classes - 1, NaN.
 */
public record FusedCrossEntropy(OptionalLong ignored) implements FusedOp {

  @Override
  public String label() {
    return "cross-entropy";
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    Shape logits = shapes.get(0);
    Shape classes = shapes.get(1);
    if (logits.rank() != 2 || classes.rank() != 1 || classes.size(0) != logits.size(0)) {
      throw new ShapeException(
          "crossEntropy: logits must be (rows, classes) and class numbers (rows), but they are %s and %s"
              .formatted(logits, classes));
    }
    return Shape.of(Math.multiplyExact(3, logits.size(0)));
  }

  @Override
  public long flops(List<Shape> shapes) {
    return 4 * shapes.getFirst().elements();
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    Tensor logits = inputs.getFirst();
    Tensor top = logits.max(true, 1).detach();
    Tensor shift = top.sub(top).eq(0).where(top, 0); // 0 where it is not finite
    Tensor sum = logits.sub(shift).exp().sum(1).detach();
    return Tensor.concat(0, List.of(losses(inputs), shift.squeeze(1), sum));
  }

  /** The losses in plain ops. */
  Tensor losses(List<Tensor> inputs) {
    Tensor logits = inputs.get(0);
    Tensor number = inputs.get(1); // (rows)
    int classes = logits.shape().size(1);
    Tensor chosen = number.unsqueeze(1).eq(Tensor.arange(classes)); // (rows, classes)
    Tensor loss = chosen.where(logits.logSoftmax(1), 0).sum(1).neg();
    Tensor known = number.ge(0).and(number.lt(classes));
    Tensor all = known.where(loss, Double.NaN);
    return ignored.isPresent() ? number.eq((double) ignored.getAsLong()).where(0, all) : all;
  }

  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    List<Tensor> all = new ArrayList<>(inputs);
    all.add(y);
    all.add(dy.slice(0, 0, inputs.getFirst().shape().size(0)));
    return List.of(new FusedCrossEntropyGradient(this).of(all), GradientRules.NONE);
  }
}
