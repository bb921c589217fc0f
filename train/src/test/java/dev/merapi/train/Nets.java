package dev.merapi.train;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/** Tiny networks; public, as their parameters are found by reflection from another module. */
public final class Nets {
  private Nets() {}

  /** Two layers with dropout between them. */
  public record Net(Linear hidden, Linear output) implements Layer {
    static Net of() {
      return new Net(Linear.of(2, 6, Key.of(1)), Linear.of(6, 2, Key.of(2)));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      var h = hidden.apply(x, mode).tanh();
      var dropped =
          mode instanceof Mode.Training pass
              ? h.mul(pass.nextKey().bernoulli(0.9, h.shape().toArray()).cast(h.dtype()))
              : h;
      return output.apply(dropped, mode);
    }
  }

  /** {@link Net} without dropout. */
  public record Plain(Linear hidden, Linear output) implements Layer {
    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return output.apply(hidden.apply(x, mode).tanh(), mode);
    }
  }

  /** {@code log} of the layer's output: NaN as soon as that is negative. */
  public record Logarithm(Linear first, Linear second) implements Layer {
    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return second.apply(first.apply(x, mode).log(), mode);
    }
  }
}
