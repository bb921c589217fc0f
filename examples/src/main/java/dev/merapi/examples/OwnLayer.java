package dev.merapi.examples;

import dev.merapi.data.Digits;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Epochs;
import dev.merapi.train.Metric;
import dev.merapi.train.Trainer;
import java.util.List;

/** Layers of your own: records whose components are their parameters and sub-layers. */
public final class OwnLayer {

  /**
   * A highway (Srivastava et al., 2015): {@code y = g h(x) + (1 - g) x} with the gate {@code g =
   * σ(gate(x))}: {@code (batch, dim) → (batch, dim)}.
   */
  record Highway(Linear value, Linear gate) implements Layer {
    static Highway of(int dim, Key key) {
      return new Highway(Linear.of(dim, dim, key.fold(0)), Linear.of(dim, dim, key.fold(1)));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      var h = value.apply(x, mode).relu();
      var g = gate.apply(x, mode).sigmoid();
      return g.mul(h).add(g.neg().add(1).mul(x));
    }
  }

  /** A whole model is a layer, too: {@code (batch, 1, 28, 28) → (batch, 10)}. */
  record Reader(Linear in, List<Highway> highways, Linear out) implements Layer {
    static Reader of(int dim, Key key) {
      return new Reader(
          Linear.of(28 * 28, dim, key.fold(0)),
          List.of(Highway.of(dim, key.fold(1)), Highway.of(dim, key.fold(2))),
          Linear.of(dim, 10, key.fold(3)));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      var h = in.apply(x.flatten(1, -1), mode); // (batch, dim)
      for (var highway : highways) {
        h = highway.apply(h, mode);
      }
      return out.apply(h, mode);
    }
  }

  void main() {
    var model = Reader.of(64, Key.of(1));
    // The names of components are those of parameters, here and in a checkpoint.
    Parameters.of(model).forEach((name, p) -> IO.println(name + " " + p.shape()));

    var digits = Splits.of(Digits.of(5_000, Key.of(2)), Digits.of(1_000, Key.of(3)));
    var trained =
        Trainer.of(model, Loss.crossEntropy(), AdamW.of(2e-3))
            .metrics(Metric.accuracy())
            .fit(digits, Epochs.of(4));
    IO.println("accuracy %.4f".formatted(trained.evaluate(digits.test()).accuracy()));
  }
}
