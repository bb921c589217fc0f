package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Layers of long short-term memory, each over the outputs of the one before: {@code (batch, time,
 * in) → (batch, time, hidden)}.
 *
 * @param dropout between the layers, in training
 */
public record Lstm(List<LstmLayer> layers, Dropout dropout) implements Layer {
  public Lstm {
    layers = List.copyOf(layers);
  }

  /** Without dropout. */
  public static Lstm of(int in, int hidden, int layers, Key key) {
    return new Lstm(
        RecurrentInit.layers("Lstm", in, hidden, layers, key, LstmLayer::of), Dropout.of(0));
  }

  /** With dropout between the layers. */
  public Lstm dropout(double p) {
    return new Lstm(layers, Dropout.of(p));
  }

  /**
   * Reads a sequence from the states of all layers, h and c of the first one first; where there are
   * none, from zeros. In a {@link Continuation} only the first pass begins so.
   */
  public RecurrentLayer.Result run(Tensor x, List<Tensor> before, Mode mode) {
    return RecurrentLayer.run(layers, dropout, x, before, mode);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return run(x, List.of(), mode).outputs();
  }
}
