package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** The sizes of a recurrent layer, by its projections (batch, time, …) and weight (…, hidden). */
record RecurrentSizes(int batch, int time, int hidden) {

  static RecurrentSizes of(List<Shape> shapes) {
    Shape x = shapes.get(0);
    return new RecurrentSizes(x.size(0), x.size(1), shapes.get(1).size(1));
  }

  /** The same, where projections and weight fit. */
  static RecurrentSizes checked(FusedSequence op, List<Shape> shapes) {
    Shape x = shapes.get(0);
    Shape w = shapes.get(1);
    int n = op.gates();
    if (x.rank() != 3 || w.rank() != 2 || x.size(2) != w.size(0) || w.size(0) != n * w.size(1)) {
      throw new ShapeException(
          "%s: the projections must be (batch, time, %d · hidden) and the weight (%d · hidden, hidden), but they are %s and %s"
              .formatted(op.label(), n, n, x, w));
    }
    return of(shapes);
  }

  static RecurrentSizes ofTensors(List<Tensor> inputs) {
    return of(inputs.stream().map(Tensor::shape).toList());
  }

  /** Elements of the states of all steps. */
  int states() {
    return Math.toIntExact((long) batch * time * hidden);
  }

  /** One of the states that a result begins with: (batch, time, hidden). */
  Tensor states(Tensor result, int part) {
    int n = states();
    return result.slice(0, part * n, (part + 1) * n).reshape(batch, time, hidden);
  }

  /** Of the recurrent products. */
  long flops(int gates) {
    return 2L * gates * batch * time * hidden * hidden;
  }

  /** The states that the steps begin with: the first, and then those of the steps before. */
  static Tensor before(Tensor h, Tensor first) {
    int time = h.shape().size(1);
    return Tensor.concat(1, List.of(first.unsqueeze(1), h.slice(1, 0, time - 1)));
  }

  /** {@code Σ d[t]ᵀ h[t-1]}: (batch, time, n), (batch, time, hidden) → (n, hidden). */
  Tensor weightGradient(Tensor d, Tensor h, Tensor first) {
    Tensor states = time == 0 ? h : before(h, first);
    return d.flatten(0, 1).mT().matmul(states.flatten(0, 1));
  }
}
