package dev.merapi.tensor;

import static dev.merapi.tensor.OpCase.op;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of gradients: of every op against finite differences, of a few functions by hand. */
final class SecondDerivativesTest {

  static Stream<OpCase> ops() {
    return Stream.concat(OpSizesTest.ops(), composed());
  }

  /** Layers as they are written with tensors. */
  private static Stream<OpCase> composed() {
    return Stream.of(
        op("layer norm", "ab, b, b", (x, scale, shift) -> normed(x, 1).mul(scale).add(shift)),
        op("batch norm", "bcXY, c11", (x, scale) -> normed(x, 0, 2, 3).mul(scale)),
        op("attention", "qd, kd, kv", (q, k, v) -> q.matmul(k.mT()).softmax(-1).matmul(v)),
        op("gelu", "ab", x -> x.mul(x.mul(Math.sqrt(0.5)).erf().add(1)).mul(0.5)));
  }

  private static Tensor normed(Tensor x, int... axes) {
    Tensor variance = x.variance(0, true, axes);
    return x.sub(x.mean(true, axes)).mul(variance.add(1e-5).rsqrt());
  }

  @ParameterizedTest
  @MethodSource("ops")
  void agreeWithFiniteDifferencesOfTheFirst(OpCase op) {
    var called = op.call(op.sizes(), Layout.PLAIN, DType.F32);
    List<Tensor> leaves = called.differentiable();
    Tensor loss = called.loss();
    // the square bends what is linear, and lets dy itself depend on every leaf
    List<Tensor> first = Gradients.of(loss.add(squares(called.outputs())), leaves);
    Tensor along = Tensor.zeros();
    for (Tensor gradient : first) {
      int n = (int) gradient.shape().elements();
      double[] direction = Values.SIGNED.draw(new SplittableRandom(n), n, DType.F32);
      along = along.add(gradient.mul(OpCase.leaf(direction, DType.F32, gradient.shape())).sum());
    }
    double error = Gradients.check(along, leaves);
    assertTrue(error < 1e-5, op + " differs by " + error);
    Agreement.check(op.name(), Gradients.of(along, leaves));
  }

  private static Tensor squares(List<Tensor> outputs) {
    Tensor sum = Tensor.zeros();
    for (Tensor y : outputs) {
      sum = y.dtype().isFloat() ? sum.add(y.mul(y).sum()) : sum;
    }
    return sum;
  }

  @Test
  void derivativesOfAPowerDownToZero() {
    Tensor x = Tensor.of(new float[] {-2, 0.5f, 3});
    Tensor y = x.pow(3);
    float[][] expected = {{12, 0.75f, 27}, {-12, 3, 18}, {6, 6, 6}, {0, 0, 0}};
    for (float[] derivative : expected) {
      y = Gradients.of(y.sum(), List.of(x)).getFirst();
      assertArrayEquals(derivative, y.toArray(), 1e-5f);
    }
  }

  /** The penalty of Wasserstein networks: a loss of the norm of a gradient. */
  @Test
  void aLossMayHoldAGradient() {
    Tensor x = Tensor.of(new float[] {3, 4});
    Parameter weight = Parameter.of(Tensor.of(new float[] {2, 1}));
    Tensor score = weight.mul(x).mul(x).sum();
    Tensor norm = Gradients.of(score, List.of(x)).getFirst().norm(); // √Σ(2wx)² = √(144 + 64)
    assertEquals(Math.sqrt(208), norm.item(), 1e-5);
    float[] slope = Gradients.of(norm, List.of(weight)).getFirst().toArray();
    assertArrayEquals(
        new float[] {(float) (72 / Math.sqrt(208)), (float) (64 / Math.sqrt(208))}, slope, 1e-5f);
  }
}
