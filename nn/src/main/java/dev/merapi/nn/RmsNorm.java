package dev.merapi.nn;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;

/**
 * Root mean square normalisation (Zhang and Sennrich, 2019) over the last axes, those that the
 * weight has: {@code y = x / √(mean(x²) + ε) · weight}. By default ε = 2⁻²³, as in PyTorch.
 */
public record RmsNorm(Parameter weight, double epsilon) implements Layer {

  /** Over the last axes, of the given sizes. */
  public static RmsNorm of(int... shape) {
    return new RmsNorm(Parameter.of(Tensor.ones(shape)), Math.ulp(1f));
  }

  public RmsNorm epsilon(double epsilon) {
    return new RmsNorm(weight, epsilon);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor squares = x.mul(x).mean(true, Axes.last(weight.shape().rank()));
    return x.mul(squares.add(epsilon).rsqrt()).mul(weight);
  }
}
