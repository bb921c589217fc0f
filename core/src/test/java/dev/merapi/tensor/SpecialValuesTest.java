package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** NaN, infinities, signed zeros, tiny and huge numbers; and gradients where a function turns. */
final class SpecialValuesTest {

  static List<OpCase> elementwise() {
    return ElementwiseOps.all();
  }

  static List<OpCase> reductions() {
    return ReductionOps.all();
  }

  @ParameterizedTest
  @MethodSource("elementwise")
  void elementByElement(OpCase op) {
    Map<Character, Integer> sizes = op.sizes();
    sizes.replaceAll((_, _) -> 37);
    var called = op.on(Values.EXTREME).call(sizes, Layout.PLAIN, DType.F32);
    Agreement.checkEach(op.name(), called.outputs());
  }

  @ParameterizedTest
  @MethodSource("reductions")
  void alongAxes(OpCase op) {
    Map<Character, Integer> sizes = op.sizes();
    for (int size : new int[] {3, 7, 19}) {
      sizes.replaceAll((_, _) -> size);
      for (Layout layout : List.of(Layout.PLAIN, Layout.TRANSPOSED)) {
        var called = op.on(Values.MOSTLY_SIGNED).call(sizes, layout, DType.F32);
        Agreement.check(op + " of " + size + ", " + layout, called.outputs());
      }
    }
  }

  private static void assertGradient(
      float[] expected, UnaryOperator<Tensor> function, float... at) {
    Tensor x = Tensor.of(at);
    Tensor gradient = Gradients.of(function.apply(x).sum(), List.of(x)).getFirst();
    assertArrayEquals(expected, gradient.toArray(), 1e-6f);
  }

  private static float[] floats(double... values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /** As PyTorch has them. */
  @Test
  void gradientsWhereAFunctionTurns() {
    assertGradient(floats(0, -1, 1), Tensor::abs, 0, -2, 2);
    assertGradient(floats(0, 0, 1), Tensor::relu, 0, -2, 2);
    assertGradient(floats(0, 0, 0), Tensor::sign, 0, -2, 2);
    assertGradient(floats(0.5, 0, 1), x -> x.max(Tensor.zeros(3)), 0, -2, 2);
    assertGradient(floats(0, 6), x -> x.pow(2), 0, 3);
    assertGradient(floats(0, 27), x -> x.pow(3), 0, 3);
    assertGradient(floats(1, 1), x -> x.pow(Tensor.ones(2)), 0, 3);
    assertGradient(floats(0, 0), x -> x.pow(Tensor.zeros(2)), 0, 3);
    assertGradient(floats(0.5, 0.5, 0), x -> x.max(), 3, 3, 1);
    assertGradient(floats(0, 0.5, 0.5), x -> x.min(), 3, 1, 1);
    assertGradient(floats(0, 8, 0), Tensor::prod, 2, 0, 4);
    assertGradient(floats(0, 0, 0), Tensor::prod, 2, 0, 0);
    assertGradient(floats(0, 0), Tensor::norm, 0, 0);
    assertGradient(floats(0.6, -0.8), Tensor::norm, 3, -4);
    assertGradient(floats(0, 0), x -> x.std(0, false), 5, 5);
  }

  @Test
  void softmaxesOfMaskedAndHugeLogits() {
    float masked = Float.NEGATIVE_INFINITY;
    Tensor x = Tensor.of(new float[] {masked, 0, 0, 1e30f, -1e30f, 1e30f}, 2, 3);
    assertArrayEquals(floats(0, 0.5, 0.5, 0.5, 0, 0.5), x.softmax(-1).toArray());
    assertArrayEquals(floats(Math.log(2), 1e30), x.logSumExp(false, -1).toArray(), 1e-6f);
    assertGradient(floats(0, 0.5, 0.5), row -> row.logSumExp(false), masked, 0, 0);
    assertGradient(floats(0, 0, 0), row -> row.softmax(-1).slice(0, 0, 1), masked, 0, 0);
    assertGradient(floats(0, 0.5, -0.5), row -> row.logSoftmax(-1).slice(0, 1, 2), masked, 0, 0);
  }

  @Test
  void saturatedSigmoidsHaveNoNaNInTheirGradients() {
    for (UnaryOperator<Tensor> function :
        Stream.<UnaryOperator<Tensor>>of(Tensor::sigmoid, Tensor::tanh, Tensor::erf).toList()) {
      assertGradient(floats(0, 0, 0, 0), function, -1e4f, 1e4f, -3e38f, 3e38f);
    }
  }
}
