package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.reference.Reference;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of ten thousand ops in a row: built, differentiated, compiled and run. */
final class LongChainTest {
  private static final int OPS = 10_000;

  private static Arguments chain(String name, int steps, UnaryOperator<Tensor> step) {
    return Arguments.of(name, steps, step);
  }

  static Stream<Arguments> chains() {
    Tensor turn = Tensor.of(new float[] {0.8f, 0.6f, -0.6f, 0.8f}, 2, 2);
    Tensor swap = Tensor.of(new int[] {1, 0});
    return Stream.of(
        chain("element-wise ops", OPS, x -> x.sin()),
        chain("one value read twice", OPS / 2, x -> x.mul(x).add(0.25)),
        chain("views", OPS / 2, x -> x.mT().flip(0)),
        chain("reductions", OPS / 4, x -> x.sub(x.mean(true, 0)).mul(1.0001)),
        chain("matrix products", OPS, x -> x.matmul(turn)),
        chain("lookups", OPS / 3, x -> x.take(swap, 0)),
        chain("pads and slices", OPS / 2, x -> x.pad(0, 1, 0, 0).slice(0, 1, 3)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chains")
  void forwardAndBack(String name, int steps, UnaryOperator<Tensor> step) {
    Tensor x = Tensor.of(new float[] {0.5f, -0.25f, 0.125f, 0.375f}, 2, 2);
    Tensor y = x;
    for (int i = 0; i < steps; i++) {
      y = step.apply(y);
    }
    List<Tensor> wanted = List.of(y, Gradients.of(y.sum(), List.of(x)).getFirst());
    List<double[]> expected = Reference.evaluate(wanted);
    List<Tensor> values = new Step(wanted, List.of()).run();
    for (int i = 0; i < wanted.size(); i++) {
      double[] actual = Agreement.numbers(values.get(i));
      for (int j = 0; j < actual.length; j++) {
        double allowed = 2e-3 * Math.max(1e-3, Math.abs(expected.get(i)[j])); // roundings add up
        assertEquals(expected.get(i)[j], actual[j], allowed, name);
      }
    }
  }
}
