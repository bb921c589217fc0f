package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.Collection;
import java.util.function.UnaryOperator;

/**
 * Penalties on weights, to be added to a loss: {@code loss.add(Penalties.l1(weights).mul(1e-4))}.
 * Weight decay does {@code l2} cheaper, inside the optimizer's rule.
 */
public final class Penalties {
  private Penalties() {}

  /** {@code Σ|θ|}: drives weights to 0 exactly. */
  public static Tensor l1(Collection<Parameter> parameters) {
    return sum(parameters, Tensor::abs);
  }

  /** {@code ½ Σθ²}, so that its gradient is θ and its factor is a weight decay. */
  public static Tensor l2(Collection<Parameter> parameters) {
    return sum(parameters, x -> x.mul(x)).mul(0.5);
  }

  private static Tensor sum(Collection<Parameter> parameters, UnaryOperator<Tensor> each) {
    return parameters.stream()
        .map(parameter -> each.apply(parameter).sum())
        .reduce(Tensor::add)
        .orElseGet(() -> Tensor.constant(DType.F32, 0));
  }
}
