package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer of long short-term memory (Hochreiter and Schmidhuber, 1997), from zeros: {@code
 * (batch, time, in) → (batch, time, hidden)}.
 *
 * <pre>{@code
 * i, f, g, o = W x + b + U h + c        the four gates, in this order
 * c ← σ(f) c + σ(i) tanh(g)
 * h ← σ(o) tanh(c)
 * }</pre>
 *
 * @param inputWeight W (4 · hidden, in)
 * @param hiddenWeight U (4 · hidden, hidden)
 * @param inputBias b (4 · hidden)
 * @param hiddenBias c (4 · hidden)
 */
public record LstmLayer(
    Parameter inputWeight, Parameter hiddenWeight, Parameter inputBias, Parameter hiddenBias)
    implements Layer {

  /** All drawn from U(-1/√hidden, 1/√hidden), as PyTorch does. */
  public static LstmLayer of(int in, int hidden, Key key) {
    Init init = Init.ofFanIn(hidden);
    return new LstmLayer(
        Parameter.of(init.draw(key.fold(0), Shape.of(4 * hidden, in))),
        Parameter.of(init.draw(key.fold(1), Shape.of(4 * hidden, hidden))),
        Parameter.of(init.draw(key.fold(2), Shape.of(4 * hidden))),
        Parameter.of(init.draw(key.fold(3), Shape.of(4 * hidden))));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    int in = inputWeight.shape().size(1);
    if (x.shape().rank() != 3 || x.shape().size(2) != in) {
      throw new ShapeException(
          "LstmLayer: x %s must be (batch, time, %d), as the weight %s has it"
              .formatted(x.shape(), in, inputWeight.shape()));
    }
    Tensor gates = x.matmul(inputWeight.mT()).add(inputBias).add(hiddenBias);
    return recur(gates);
  }

  /** (batch, time, 4 · hidden) → (batch, time, hidden). */
  private Tensor recur(Tensor gates) {
    int hidden = hiddenWeight.shape().size(1);
    int batch = gates.shape().size(0);
    Tensor h = Tensor.zeros(batch, hidden);
    Tensor c = Tensor.zeros(batch, hidden);
    List<Tensor> outputs = new ArrayList<>();
    for (int t = 0; t < gates.shape().size(1); t++) {
      Tensor z = gates.select(1, t).add(h.matmul(hiddenWeight.mT())); // (batch, 4 · hidden)
      Tensor i = z.slice(1, 0, hidden).sigmoid();
      Tensor f = z.slice(1, hidden, 2 * hidden).sigmoid();
      Tensor g = z.slice(1, 2 * hidden, 3 * hidden).tanh();
      Tensor o = z.slice(1, 3 * hidden, 4 * hidden).sigmoid();
      c = f.mul(c).add(i.mul(g));
      h = o.mul(c.tanh());
      outputs.add(h);
    }
    return Tensor.stack(1, outputs);
  }
}
