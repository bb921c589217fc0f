package dev.merapi.nn;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every activation, values and gradients, against PyTorch's numbers. */
class ActivationGoldenTest {
  @TestFactory
  Stream<DynamicTest> activations() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/activations.json")),
        (c, inputs) -> Map.of("y", layer(c).apply(inputs.get("x"))));
  }

  private static Layer layer(Case c) {
    Attributes o = c.attributes();
    return switch (c.op()) {
      case "sigmoid" -> Sigmoid.of();
      case "tanh" -> Tanh.of();
      case "relu" -> Relu.of();
      case "silu" -> Silu.of();
      case "softplus" -> Softplus.of();
      case "leaky_relu" -> LeakyRelu.of(o.number("slope"));
      case "elu" -> Elu.of(o.number("alpha"));
      case "gelu" -> o.text("approximate").equals("tanh") ? Gelu.tanh() : Gelu.of();
      case "softmax" -> Softmax.of(o.integer("axis"));
      case "log_softmax" -> LogSoftmax.of(o.integer("axis"));
      default -> throw new IllegalArgumentException(c.op());
    };
  }
}
