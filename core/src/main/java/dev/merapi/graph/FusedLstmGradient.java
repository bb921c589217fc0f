package dev.merapi.graph;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link FusedLstm} for x and the first h and c; that for w is a product of the
 * first.
 *
 * <p>Inputs: those of the memory, its result, and the gradients of its h and c (batch, time,
 * hidden). The result is dx (batch, time, 4 · hidden), dh and dc (batch, hidden), one after
 * another.
 */
public record FusedLstmGradient() implements FusedSequence.Gradient {

  @Override
  public String label() {
    return "lstm gradient";
  }

  @Override
  public int gates() {
    return 4;
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    var sizes = RecurrentSizes.of(shapes);
    return Shape.of(Math.toIntExact(4L * sizes.states() + 2L * sizes.batch() * sizes.hidden()));
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    var sizes = RecurrentSizes.ofTensors(inputs);
    List<Tensor> leaves = FusedOp.leaves(inputs);
    List<Tensor> wrt = List.of(leaves.get(0), leaves.get(2), leaves.get(3));
    if (sizes.time() == 0) {
      return Tensor.zeros(2 * sizes.batch() * sizes.hidden());
    }
    List<Tensor> states = new FusedLstm().states(leaves);
    Tensor sum = states.get(0).mul(inputs.get(5)).sum().add(states.get(1).mul(inputs.get(6)).sum());
    List<Tensor> parts = Gradients.of(sum, wrt).stream().map(x -> x.flatten(0, -1)).toList();
    return Tensor.concat(0, parts);
  }

  /** dx, dh or dc of the result, x's as one row. */
  Tensor part(Tensor result, int part, RecurrentSizes sizes) {
    int x = 4 * sizes.states();
    int state = sizes.batch() * sizes.hidden();
    return part == 0
        ? result.slice(0, 0, x)
        : result
            .slice(0, x + (part - 1) * state, x + part * state)
            .reshape(sizes.batch(), sizes.hidden());
  }
}
