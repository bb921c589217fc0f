package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Gatherer;
import org.junit.jupiter.api.Test;

class ParametersTest {
  record Tied(Linear first, Linear second, Parameter scale, Optional<Parameter> none)
      implements Layer {
    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return second.apply(first.apply(x, mode), mode).mul(scale);
    }
  }

  record Wrong(Map<String, Layer> layers) implements Layer {
    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return x;
    }
  }

  @Test
  void namesAreThePathsOfComponents() {
    var model = Sequential.of(Linear.of(3, 4, Key.of(1)), Relu.of(), Linear.of(4, 2, Key.of(2)));
    assertEquals(
        List.of("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"),
        List.copyOf(Parameters.of(model).keySet()));
    assertEquals(3 * 4 + 4 + 4 * 2 + 2, Parameters.count(model));
  }

  @Test
  void sharedParametersAreListedOnceUnderTheirFirstName() {
    var linear = Linear.of(3, 3, Key.of(1));
    var state = Parameter.state(Tensor.ones());
    var found = Parameters.of(new Tied(linear, linear.withoutBias(), state, Optional.empty()));
    assertEquals(List.of("first.weight", "first.bias", "scale"), List.copyOf(found.keySet()));
    assertSame(linear.weight(), found.get("first.weight"));
    var tied = new Tied(linear, linear, state, Optional.empty());
    assertEquals(List.of("scale"), List.copyOf(Parameters.state(tied).keySet()));
    assertEquals(2, Parameters.trained(tied).size());
  }

  @Test
  void whatCouldHideParametersIsRefused() {
    var linear = Linear.of(2, 2, Key.of(1));
    Layer lambda = (x, mode) -> linear.apply(x, mode);
    assertTrue(message(Sequential.of(lambda)).startsWith("layers.0 is a layer with fields"));
    assertTrue(message(new Wrong(Map.of("a", linear))).contains("make it a List"));
  }

  @Test
  void aRecordThatIsClosedToReflectionIsNamed() {
    Object closed = Gatherer.ofSequential((_, _, _) -> true); // a record that java.base hides
    String message = message(List.of(closed));
    assertTrue(message.contains("opens java.util.stream to dev.merapi.nn"), message);
  }

  @Test
  void aLambdaWithoutCapturesIsALayer() {
    Layer square = (x, _) -> x.mul(x);
    assertEquals(9, Sequential.of(square).apply(Tensor.scalar(3)).item());
    assertTrue(Parameters.of(Sequential.of(square)).isEmpty());
  }

  private static String message(Object model) {
    return assertThrows(MerapiException.class, () -> Parameters.of(model)).getMessage();
  }
}
