package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer of a plain recurrent network (Elman, 1990): {@code h ← activation(W x + b + U h + c)}.
 *
 * @param inputWeight W (hidden, in)
 * @param hiddenWeight U (hidden, hidden)
 * @param inputBias b (hidden)
 * @param hiddenBias c (hidden)
 */
public record RnnLayer(
    Parameter inputWeight,
    Parameter hiddenWeight,
    Parameter inputBias,
    Parameter hiddenBias,
    Layer activation)
    implements RecurrentLayer {

  /** With tanh; all drawn from U(-1/√hidden, 1/√hidden), as PyTorch does. */
  public static RnnLayer of(int in, int hidden, Key key) {
    return RecurrentInit.layer(
        1, in, hidden, key, (w, u, b, c) -> new RnnLayer(w, u, b, c, Tanh.of()));
  }

  /** With another function, such as ReLU. */
  public RnnLayer activation(Layer activation) {
    return new RnnLayer(inputWeight, hiddenWeight, inputBias, hiddenBias, activation);
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public List<Tensor> states(Tensor x, List<Tensor> before) {
    Tensor h = begin(x, before).getFirst();
    Tensor read = x.matmul(inputWeight.mT()).add(inputBias).add(hiddenBias); // (b, t, hidden)
    List<Tensor> outputs = new ArrayList<>();
    for (int t = 0; t < x.shape().size(1); t++) {
      h = activation.apply(read.select(1, t).add(h.matmul(hiddenWeight.mT())));
      outputs.add(h);
    }
    return List.of(Tensor.stack(1, outputs));
  }
}
