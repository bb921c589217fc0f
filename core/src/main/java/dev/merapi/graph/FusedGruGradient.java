package dev.merapi.graph;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link FusedGru} for x, the recurrent products (p, q, m) and the first h; those
 * for w and the bias are products and sums of the second.
 *
 * <p>Inputs: those of the units, their result, and dh (batch, time, hidden). The result is dx and
 * the gradient of the products, each (batch, time, 3 · hidden), and then that of the first h
 * (batch, hidden), one after another.
 */
public record FusedGruGradient() implements FusedSequence.Gradient {

  @Override
  public String label() {
    return "gru gradient";
  }

  @Override
  public int gates() {
    return 3;
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    var sizes = RecurrentSizes.of(shapes);
    return Shape.of(Math.toIntExact(6L * sizes.states() + (long) sizes.batch() * sizes.hidden()));
  }

  /** The products' gradients are x's, but for those of m, which are r times those of n. */
  @Override
  public Tensor definition(List<Tensor> inputs) {
    var sizes = RecurrentSizes.ofTensors(inputs);
    int k = sizes.hidden();
    if (sizes.time() == 0) {
      return Tensor.zeros(sizes.batch() * k);
    }
    List<Tensor> leaves = FusedOp.leaves(inputs);
    List<Tensor> wrt = List.of(leaves.get(0), leaves.get(3));
    Tensor h = new FusedGru().states(leaves);
    List<Tensor> gradients = Gradients.product(h, inputs.getLast(), wrt);
    Tensor dx = gradients.get(0);
    Tensor before = RecurrentSizes.before(h, leaves.get(3)); // (batch, time, hidden)
    Tensor p = before.matmul(leaves.get(1).slice(0, 0, k).mT());
    Tensor r = leaves.get(0).slice(2, 0, k).add(p).sigmoid();
    Tensor dm = dx.slice(2, 2 * k, 3 * k).mul(r);
    return Tensor.concat(
        0,
        List.of(
            dx.flatten(0, -1),
            Tensor.concat(2, List.of(dx.slice(2, 0, 2 * k), dm)).flatten(0, -1),
            gradients.get(1).flatten(0, -1)));
  }

  /** dx, the products' gradient, or that of the first h, as one row. */
  Tensor part(Tensor result, int part, RecurrentSizes sizes) {
    int x = 3 * sizes.states();
    return result.slice(0, part * x, part < 2 ? (part + 1) * x : result.shape().size(0));
  }
}
