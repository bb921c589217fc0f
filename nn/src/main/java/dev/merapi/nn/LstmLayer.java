package dev.merapi.nn;

import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
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
    return RecurrentInit.layer(4, in, hidden, key, LstmLayer::new);
  }

  /** h and c. */
  @Override
  public int states() {
    return 2;
  }

  @Override
  public List<Tensor> states(Tensor x, List<Tensor> before) {
    List<Tensor> state = begin(x, before);
    Tensor gates = x.matmul(inputWeight.mT()).add(inputBias).add(hiddenBias);
    var states = Fused.lstm(gates, hiddenWeight, state.get(0), state.get(1));
    return List.of(states.h(), states.c());
  }
}
