package dev.merapi.examples;

import dev.merapi.tensor.CustomOp;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** An op of your own, with a gradient of its own that finite differences confirm. */
public final class OwnOp {

  /**
   * A soft {@code max(x, 0)}: {@code ln(1 + e^(k x)) / k}, in a form that cannot overflow. Its
   * gradient is {@code σ(k x)}, far simpler than what the rules make of the definition.
   *
   * @param k how sharp the bend is
   */
  record Softplus(double k) implements CustomOp {
    @Override
    public Tensor definition(List<Tensor> inputs) {
      var x = inputs.getFirst().mul(k);
      return x.relu().add(x.abs().neg().exp().log1p()).div(k);
    }

    @Override
    public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
      return List.of(dy.mul(inputs.getFirst().mul(k).sigmoid()));
    }
  }

  void main() {
    var x = Tensor.of(new float[] {-100, -1, 0, 1, 100});
    var y = Tensor.custom(new Softplus(2), x);
    IO.println(y);
    IO.println(Gradients.of(y.sum(), List.of(x)).getFirst());

    var points = Key.of(1).normal(5, 7);
    var loss = Tensor.custom(new Softplus(2), points).sum();
    IO.println("off by %.1e at most".formatted(Gradients.check(loss, List.of(points))));
  }
}
