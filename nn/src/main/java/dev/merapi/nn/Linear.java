package dev.merapi.nn;

import dev.merapi.tensor.Gradients;
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
 * @param weight of one that is compressed it is computed when somebody asks for it, and no
 *     parameter of the model
 * @param adapters changes of the weight that are kept beside it; see {@link Lora}
 * @param compressed the weight in a few bits, which then counts; see {@link Compressed}
 */
public record Linear(
    Parameter weight,
    Optional<Parameter> bias,
    List<LowRank> adapters,
    Optional<Compressed> compressed)
    implements Layer {
  public Linear {
    adapters = List.copyOf(adapters);
  }

  /** Without adapters. */
  public Linear(Parameter weight, Optional<Parameter> bias) {
    this(weight, bias, List.of(), Optional.empty());
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
            weight,
            Optional.of(Parameter.of(Tensor.zeros(weight.shape().size(0)))),
            adapters,
            compressed);
  }

  /** The same weight and no bias. */
  public Linear withoutBias() {
    return new Linear(weight, Optional.empty(), adapters, compressed);
  }

  /** The same weights with other adapters. */
  public Linear adapters(List<LowRank> adapters) {
    return new Linear(weight, bias, adapters, compressed);
  }

  /** With its weight in a few bits, which is not trained any more. */
  public Linear compressed(Compressed.Form form) {
    var small = Compressed.of(weight, form);
    return new Linear(Parameter.of(small.weight()), bias, adapters, Optional.of(small));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    int in = weight.shape().size(1);
    if (x.shape().rank() == 0 || x.shape().size(-1) != in) {
      throw new ShapeException(
          "Linear: x %s must end in %d, as the weight %s has it; for pictures put a Flatten before"
              .formatted(x.shape(), in, weight.shape()));
    }
    Tensor y = product(x, mode);
    Tensor base = compressed.isPresent() ? compressed.get().weight() : weight;
    for (LowRank adapter : adapters) {
      y = adapter.apply(y, x, base, mode);
    }
    return bias.isPresent() ? y.add(bias.get()) : y;
  }

  /** x Wᵀ. A compressed W is not kept for the gradient, but computed again. */
  private Tensor product(Tensor x, Mode mode) {
    if (compressed.isEmpty()) {
      return x.matmul(weight.mT());
    }
    Tensor codes = compressed.get().view();
    Tensor y = x.matmul(compressed.get().weight(codes).mT());
    return switch (mode) {
      case Mode.Evaluation _ -> y;
      case Mode.Training _ -> Gradients.recomputed(y, x, codes);
    };
  }
}
