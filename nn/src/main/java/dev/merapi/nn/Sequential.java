package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/** Layers one after another; without any, the identity. */
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor y = x;
    for (Layer layer : layers) {
      y = layer.apply(y, mode);
    }
    return y;
  }
}
