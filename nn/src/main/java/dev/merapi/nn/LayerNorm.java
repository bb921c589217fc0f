package dev.merapi.nn;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Layer normalisation (Ba et al., 2016) over the last axes, those that the weight has: {@code y =
 * (x - mean) / √(variance + ε) · weight + bias}, with the population's variance. By default ε =
 * 10⁻⁵.
 */
public record LayerNorm(Parameter weight, Optional<Parameter> bias, double epsilon)
    implements Layer {

  /** Over the last axes, of the given sizes. */
  public static LayerNorm of(int... shape) {
    return new LayerNorm(
        Parameter.of(Tensor.ones(shape)), Optional.of(Parameter.of(Tensor.zeros(shape))), 1e-5);
  }

  /** The same weight and a bias: its own, else zeros. */
  public LayerNorm withBias() {
    return bias.isPresent()
        ? this
        : new LayerNorm(
            weight, Optional.of(Parameter.of(Tensor.zeros(weight.shape().toArray()))), epsilon);
  }

  /** The same weight and no bias. */
  public LayerNorm withoutBias() {
    return new LayerNorm(weight, Optional.empty(), epsilon);
  }

  public LayerNorm epsilon(double epsilon) {
    return new LayerNorm(weight, bias, epsilon);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor y = Axes.standardise(x, weight.shape().rank(), epsilon).mul(weight);
    return bias.isPresent() ? y.add(bias.get()) : y;
  }
}
