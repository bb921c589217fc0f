package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer of long short-term memory (Hochreiter and Schmidhuber, 1997). Its state is h and c.
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
    implements RecurrentLayer {

  /** All drawn from U(-1/√hidden, 1/√hidden), as PyTorch does. */
  public static LstmLayer of(int in, int hidden, Key key) {
    Init init = Init.ofFanIn(hidden);
    return new LstmLayer(
        Parameter.of(init.draw(key.fold(0), Shape.of(4 * hidden, in))),
        Parameter.of(init.draw(key.fold(1), Shape.of(4 * hidden, hidden))),
        Parameter.of(init.draw(key.fold(2), Shape.of(4 * hidden))),
        Parameter.of(init.draw(key.fold(3), Shape.of(4 * hidden))));
  }

  /** h and c. */
  @Override
  public int states() {
    return 2;
  }

  @Override
  public Result run(Tensor x, List<Tensor> before) {
    List<Tensor> state = begin(x, before);
    Tensor gates = x.matmul(inputWeight.mT()).add(inputBias).add(hiddenBias);
    return recur(gates, state.get(0), state.get(1));
  }

  /** (batch, time, 4 · hidden) → (batch, time, hidden). */
  private Result recur(Tensor gates, Tensor h0, Tensor c0) {
    int hidden = hidden();
    Tensor h = h0;
    Tensor c = c0;
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
    return new Result(Tensor.stack(1, outputs), List.of(h, c));
  }
}
