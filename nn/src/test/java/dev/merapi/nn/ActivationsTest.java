package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.optim.Optimization;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {
  private static UnaryOperator<Tensor> activation(String name) {
    return switch (name) {
      case "gelu" -> Activations::gelu;
      case "geluTanh" -> Activations::geluTanh;
      default -> Activations::silu;
    };
  }

  /** What it made and what it made that of, and on the way back the gradient of one of them. */
  @ParameterizedTest
  @ValueSource(strings = {"gelu", "geluTanh", "silu"})
  void keepsNothingButItsInputForTheGradient(String name) {
    int rows = 512;
    int wide = 1024;
    Linear up = Linear.of(8, wide, Key.of(1));
    Linear down = Linear.of(wide, 8, Key.of(2));
    Tensor x = Key.of(3).normal(rows, 8);
    Tensor y = down.apply(activation(name).apply(up.apply(x)));
    var training = Optimization.of(Sequential.of(up, down), Sgd.of(0.1));
    long bytes = training.workspace(y.mul(y).mean(), Mode.evaluation());
    long one = 4L * rows * wide;
    assertTrue(bytes < 3.2 * one, bytes + " of " + one);
  }
}
