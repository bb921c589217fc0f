package dev.merapi.zoo;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Relu;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A multi-layer perceptron: {@code (batch, …) → (batch, out)}, with the activation and dropout
 * between the layers and neither behind the last, whose outputs are values or logits.
 *
 * {@snippet :
 * var model = Mlp.of(List.of(784, 128, 10), Key.of(1)); // ReLU, no dropout
 * }
 */
public record Mlp(List<Linear> layers, Layer activation, Dropout dropout) implements Layer {
  public Mlp {
    layers = List.copyOf(layers);
  }

  /**
   * A perceptron of these sizes, from the input's to the output's, with ReLU.
   *
   * @throws MerapiException if there are fewer than two sizes
   */
  public static Mlp of(List<Integer> sizes, Key key) {
    if (sizes.size() < 2) {
      throw new MerapiException(
          "Mlp: the sizes %s; give at least those of input and output".formatted(sizes));
    }
    List<Linear> layers = new ArrayList<>();
    for (int i = 0; i + 1 < sizes.size(); i++) {
      layers.add(Linear.of(sizes.get(i), sizes.get(i + 1), key.fold(i)));
    }
    return new Mlp(layers, Relu.of(), Dropout.of(0));
  }

  /** With another function between the layers. */
  public Mlp activation(Layer activation) {
    return new Mlp(layers, activation, dropout);
  }

  /** With dropout behind each activation. */
  public Mlp dropout(double p) {
    return new Mlp(layers, activation, Dropout.of(p));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor h = x.flatten(1, -1); // (batch, in)
    for (Linear layer : layers.subList(0, layers.size() - 1)) {
      h = dropout.apply(activation.apply(layer.apply(h, mode), mode), mode);
    }
    return layers.getLast().apply(h, mode);
  }
}
