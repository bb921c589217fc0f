package dev.merapi.hub;

import dev.merapi.nn.Gelu;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Silu;
import dev.merapi.nn.Tanh;
import dev.merapi.tensor.MerapiException;
import java.util.Map;

/** The published names of activation functions. */
final class Activation {
  private static final Map<String, Layer> KNOWN =
      Map.of(
          "gelu", Gelu.of(),
          "gelu_new", Gelu.tanh(),
          "gelu_pytorch_tanh", Gelu.tanh(),
          "relu", Relu.of(),
          "silu", Silu.of(),
          "swish", Silu.of(),
          "tanh", Tanh.of());

  private Activation() {}

  static Layer of(Config config, String key, String otherwise) {
    return config.choice(key, config.has(key) ? config.text(key) : otherwise, KNOWN);
  }

  static String name(Layer activation) {
    return switch (activation) {
      case Gelu(boolean approximate) -> approximate ? "gelu_new" : "gelu";
      case Relu _ -> "relu";
      case Silu _ -> "silu";
      case Tanh _ -> "tanh";
      default ->
          throw new MerapiException(
              "%s is no activation function that published models have; known are %s"
                  .formatted(activation, KNOWN.keySet().stream().sorted().toList()));
    };
  }
}
