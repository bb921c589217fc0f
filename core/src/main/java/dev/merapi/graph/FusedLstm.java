package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A long short-term memory over a whole sequence (Hochreiter and Schmidhuber, 1997). With (i, f, g,
 * o) the four parts of {@code x[t] + h[t-1] wᵀ}: {@code c[t] = σ(f) c[t-1] + σ(i) tanh(g)}, {@code
 * h[t] = σ(o) tanh(c[t])}.
 *
 * <p>Inputs: x (batch, time, 4 · hidden), the inputs' projections with all biases; w (4 · hidden,
 * hidden); the first h and c (batch, hidden). The result is h (batch, time, hidden), c of that
 * shape, and then the gates (batch, time, 4 · hidden) after their functions, which are the
 * gradient's and have none themselves; one after another.
 */
public record FusedLstm() implements FusedSequence {

  @Override
  public String label() {
    return "lstm";
  }

  @Override
  public int gates() {
    return 4;
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    var sizes = RecurrentSizes.checked(this, shapes);
    Shape state = Shape.of(sizes.batch(), sizes.hidden());
    if (!shapes.get(2).equals(state) || !shapes.get(3).equals(state)) {
      throw new ShapeException(
          "lstm: the first h and c must be (batch, hidden) = %s, but they are %s and %s"
              .formatted(state, shapes.get(2), shapes.get(3)));
    }
    return Shape.of(Math.multiplyExact(6, sizes.states()));
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    var sizes = RecurrentSizes.ofTensors(inputs);
    var steps = new Steps(inputs, sizes);
    return sizes.time() == 0
        ? Tensor.zeros(0)
        : Tensor.concat(
            0,
            List.of(
                Tensor.stack(1, steps.h).flatten(0, -1), // of (batch, time, hidden)
                Tensor.stack(1, steps.c).flatten(0, -1),
                Tensor.stack(1, steps.gates).detach().flatten(0, -1)));
  }

  /** h and c of all steps in plain ops, (batch, time, hidden). */
  List<Tensor> states(List<Tensor> inputs) {
    var steps = new Steps(inputs, RecurrentSizes.ofTensors(inputs));
    return List.of(Tensor.stack(1, steps.h), Tensor.stack(1, steps.c));
  }

  /** The sequence in plain ops, step by step. */
  private static final class Steps {
    final List<Tensor> h = new ArrayList<>();
    final List<Tensor> c = new ArrayList<>();
    final List<Tensor> gates = new ArrayList<>();

    Steps(List<Tensor> inputs, RecurrentSizes sizes) {
      Tensor hidden = inputs.get(2);
      Tensor cell = inputs.get(3);
      int n = sizes.hidden();
      for (int t = 0; t < sizes.time(); t++) {
        Tensor sum = inputs.get(0).slice(1, t, t + 1).squeeze(1); // (batch, 4 · hidden)
        sum = sum.add(hidden.matmul(inputs.get(1).mT()));
        Tensor i = sum.slice(1, 0, n).sigmoid();
        Tensor f = sum.slice(1, n, 2 * n).sigmoid();
        Tensor g = sum.slice(1, 2 * n, 3 * n).tanh();
        Tensor o = sum.slice(1, 3 * n, 4 * n).sigmoid();
        cell = f.mul(cell).add(i.mul(g));
        hidden = o.mul(cell.tanh());
        h.add(hidden);
        c.add(cell);
        gates.add(Tensor.concat(1, List.of(i, f, g, o)));
      }
    }
  }

  /** h (part 0) or c (part 1) of the result, (batch, time, hidden). */
  public Tensor output(Tensor result, int part, Shape x, Shape w) {
    return RecurrentSizes.of(List.of(x, w)).states(result, part);
  }

  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    var sizes = RecurrentSizes.ofTensors(inputs);
    var op = new FusedLstmGradient();
    Tensor h = sizes.states(y, 0);
    List<Tensor> all = new ArrayList<>(inputs);
    all.add(y);
    all.add(sizes.states(dy, 0));
    all.add(sizes.states(dy, 1));
    Tensor result = op.of(all);
    Tensor dx = op.part(result, 0, sizes).reshape(inputs.get(0).shape());
    return List.of(
        dx,
        sizes.weightGradient(dx, h, inputs.get(2)),
        op.part(result, 1, sizes),
        op.part(result, 2, sizes));
  }
}
