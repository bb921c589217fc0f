package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gated recurrent units over a whole sequence (Cho et al., 2014, in cuDNN's form). With (r, z, n)
 * the three parts of x[t] and (p, q, m) those of {@code h[t-1] wᵀ}: {@code r ← σ(r + p)}, {@code z
 * ← σ(z + q)}, {@code n ← tanh(n + r (m + bias))}, {@code h[t] = (1 - z) n + z h[t-1]}.
 *
 * <p>Inputs: x (batch, time, 3 · hidden), the inputs' projections with their biases and those of p
 * and q; w (3 · hidden, hidden); the bias (hidden); the first h (batch, hidden). The result is h
 * (batch, time, hidden), and then r, z and n (batch, time, 3 · hidden) after their functions and m
 * + bias (batch, time, hidden), which are the gradient's and have none themselves; one after
 * another.
 */
public record FusedGru() implements FusedSequence {

  @Override
  public String label() {
    return "gru";
  }

  @Override
  public int gates() {
    return 3;
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    var sizes = RecurrentSizes.checked(this, shapes);
    Shape bias = Shape.of(sizes.hidden());
    Shape state = Shape.of(sizes.batch(), sizes.hidden());
    if (!shapes.get(2).equals(bias) || !shapes.get(3).equals(state)) {
      throw new ShapeException(
          "gru: the bias must be (hidden) = %s and the first h (batch, hidden) = %s, but they are %s and %s"
              .formatted(bias, state, shapes.get(2), shapes.get(3)));
    }
    return Shape.of(Math.multiplyExact(5, sizes.states()));
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    var steps = new Steps(inputs);
    return steps.h.isEmpty()
        ? Tensor.zeros(0)
        : Tensor.concat(
            0,
            List.of(
                Tensor.stack(1, steps.h).flatten(0, -1), // of (batch, time, hidden)
                Tensor.stack(1, steps.gates).detach().flatten(0, -1),
                Tensor.stack(1, steps.products).detach().flatten(0, -1)));
  }

  /** h of all steps in plain ops, (batch, time, hidden). */
  Tensor states(List<Tensor> inputs) {
    return Tensor.stack(1, new Steps(inputs).h);
  }

  /** The sequence in plain ops, step by step. */
  private static final class Steps {
    final List<Tensor> h = new ArrayList<>();
    final List<Tensor> gates = new ArrayList<>();
    final List<Tensor> products = new ArrayList<>();

    Steps(List<Tensor> inputs) {
      var sizes = RecurrentSizes.ofTensors(inputs);
      int k = sizes.hidden();
      Tensor hidden = inputs.get(3);
      for (int t = 0; t < sizes.time(); t++) {
        Tensor x = inputs.get(0).slice(1, t, t + 1).squeeze(1); // (batch, 3 · hidden)
        Tensor product = hidden.matmul(inputs.get(1).mT());
        Tensor r = x.slice(1, 0, k).add(product.slice(1, 0, k)).sigmoid();
        Tensor z = x.slice(1, k, 2 * k).add(product.slice(1, k, 2 * k)).sigmoid();
        Tensor m = product.slice(1, 2 * k, 3 * k).add(inputs.get(2));
        Tensor n = x.slice(1, 2 * k, 3 * k).add(r.mul(m)).tanh();
        hidden = n.add(z.mul(hidden.sub(n)));
        h.add(hidden);
        gates.add(Tensor.concat(1, List.of(r, z, n)));
        products.add(m);
      }
    }
  }

  /** h of the result, (batch, time, hidden). */
  public Tensor output(Tensor result, Shape x, Shape w) {
    return RecurrentSizes.of(List.of(x, w)).states(result, 0);
  }

  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    var sizes = RecurrentSizes.ofTensors(inputs);
    var op = new FusedGruGradient();
    List<Tensor> all = new ArrayList<>(inputs);
    all.add(y);
    all.add(sizes.states(dy, 0));
    Tensor result = op.of(all);
    Shape x = inputs.get(0).shape();
    Tensor products = op.part(result, 1, sizes).reshape(x);
    return List.of(
        op.part(result, 0, sizes).reshape(x),
        sizes.weightGradient(products, sizes.states(y, 0), inputs.get(3)),
        products.slice(2, 2 * sizes.hidden(), 3 * sizes.hidden()).sum(0, 1),
        op.part(result, 2, sizes).reshape(sizes.batch(), sizes.hidden()));
  }
}
