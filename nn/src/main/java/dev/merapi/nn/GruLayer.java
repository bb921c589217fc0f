package dev.merapi.nn;

import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * One layer of gated recurrent units (Cho et al., 2014), with the reset gate behind the product, as
 * in PyTorch and cuDNN.
 *
 * <pre>{@code
 * r = σ(W_r x + b_r + U_r h + c_r)
 * z = σ(W_z x + b_z + U_z h + c_z)
 * n = tanh(W_n x + b_n + r (U_n h + c_n))
 * h ← (1 - z) n + z h
 * }</pre>
 *
 * @param inputWeight W (3 · hidden, in): r, z, n
 * @param hiddenWeight U (3 · hidden, hidden)
 * @param inputBias b (3 · hidden)
 * @param hiddenBias c (3 · hidden)
 */
public record GruLayer(
    Parameter inputWeight, Parameter hiddenWeight, Parameter inputBias, Parameter hiddenBias)
    implements RecurrentLayer {

  /** All drawn from U(-1/√hidden, 1/√hidden), as PyTorch does. */
  public static GruLayer of(int in, int hidden, Key key) {
    return RecurrentInit.layer(3, in, hidden, key, GruLayer::new);
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public List<Tensor> states(Tensor x, List<Tensor> before) {
    int n = hidden();
    Tensor h = begin(x, before).getFirst();
    Tensor bias = inputBias.add(hiddenBias.slice(0, 0, 2 * n).pad(0, 0, n, 0));
    Tensor read = x.matmul(inputWeight.mT()).add(bias); // (batch, time, 3 · hidden)
    return List.of(Fused.gru(read, hiddenWeight, hiddenBias.slice(0, 2 * n, 3 * n), h));
  }
}
