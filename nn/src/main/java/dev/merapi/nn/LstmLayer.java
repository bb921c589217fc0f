package dev.merapi.nn;

import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

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
    Tensor zeros = Tensor.zeros(x.shape().size(0), hiddenWeight.shape().size(1));
    return Fused.lstm(gates, hiddenWeight, zeros, zeros).h();
  }
}
