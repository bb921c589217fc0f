package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Affine map {@code y = x Wᵀ + b}: {@code (…, in) → (…, out)}; weight {@code (out, in)}.
 *
 * @param adapters changes of the weight that are kept beside it; see {@link Lora}
 */
public record Linear(Parameter weight, Optional<Parameter> bias, List<LowRank> adapters)
    implements Layer {
  public Linear {
    adapters = List.copyOf(adapters);
  }

  /** Without adapters. */
  public Linear(Parameter weight, Optional<Parameter> bias) {
    this(weight, bias, List.of());
  }

  /** Weight and bias drawn from U(-1/√in, 1/√in), as PyTorch does. */
  public static Linear of(int in, int out, Key key) {
    Init init = Init.ofFanIn(in);
    return new Linear(
        Parameter.of(init.draw(key.fold(0), Shape.of(out, in))),
        Optional.of(Parameter.of(init.draw(key.fold(1), Shape.of(out)))));
  }

  /** The weight drawn by an initialiser, the bias zeros. */
  public static Linear of(int in, int out, Init weight, Key key) {
    return new Linear(
        Parameter.of(weight.draw(key, Shape.of(out, in))),
        Optional.of(Parameter.of(Tensor.zeros(out))));
  }

  /** The same weight and a bias: its own, else zeros. */
  public Linear withBias() {
    return bias.isPresent()
        ? this
        : new Linear(
            weight, Optional.of(Parameter.of(Tensor.zeros(weight.shape().size(0)))), adapters);
  }

  /** The same weight and no bias. */
  public Linear withoutBias() {
    return new Linear(weight, Optional.empty(), adapters);
  }

  /** The same weights with other adapters. */
  public Linear adapters(List<LowRank> adapters) {
    return new Linear(weight, bias, adapters);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    int in = weight.shape().size(1);
    if (x.shape().rank() == 0 || x.shape().size(-1) != in) {
      throw new ShapeException(
          "Linear: x %s must end in %d, as the weight %s has it; for pictures put a Flatten before"
              .formatted(x.shape(), in, weight.shape()));
    }
    Tensor y = x.matmul(weight.mT());
    for (LowRank adapter : adapters) {
      y = adapter.apply(y, x, weight, mode);
    }
    return bias.isPresent() ? y.add(bias.get()) : y;
  }
}
