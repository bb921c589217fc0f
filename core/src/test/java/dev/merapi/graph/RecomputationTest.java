package dev.merapi.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.CpuBackend;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** Values that are computed twice: the same bits in less memory. */
final class RecomputationTest {
  private static final int ROWS = 48;
  private static final int WIDTH = 16;

  private final Engine engine = new Engine(CpuBackend.shared());
  private final Parameter input = parameter(0, ROWS, WIDTH);
  private final Parameter shared = parameter(1, WIDTH, 4 * WIDTH);

  private static Parameter parameter(int seed, int... sizes) {
    return Parameter.of(Key.of(seed).uniform(-0.3, 0.3, Shape.of(sizes)));
  }

  /** A residual block with dropout: a weight of its own, and one that all blocks share. */
  private Tensor block(Tensor x, Parameter own, int number) {
    Tensor hidden = x.matmul(shared).tanh(); // (rows, 4 width)
    Tensor kept = Key.of(7).fold(number).bernoulli(0.8, ROWS, 4 * WIDTH);
    return x.add(kept.where(hidden.mul(1.25), 0).exp().sub(1).matmul(own));
  }

  private Tensor loss(List<Parameter> own, BinaryOperator<Tensor> how) {
    Tensor x = input;
    for (int i = 0; i < own.size(); i++) {
      x = how.apply(block(x, own.get(i), i), x);
    }
    return x.mul(x).mean();
  }

  private static List<Parameter> weights(int blocks) {
    List<Parameter> weights = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      weights.add(parameter(10 + i, 4 * WIDTH, WIDTH));
    }
    return weights;
  }

  private List<Tensor> lossAndGradients(List<Parameter> own, BinaryOperator<Tensor> how) {
    List<Parameter> all = new ArrayList<>(own);
    all.add(shared);
    all.add(input);
    Tensor loss = loss(own, how);
    List<Tensor> outputs = new ArrayList<>(List.of(loss));
    outputs.addAll(Gradients.of(loss, all));
    return outputs;
  }

  private static Tensor kept(Tensor y, Tensor x) {
    return y;
  }

  private static Tensor recomputed(Tensor y, Tensor x) {
    return Gradients.recomputed(y, x);
  }

  @Test
  void valuesAndGradientsHaveTheSameBits() {
    var own = weights(5);
    var plain = engine.run(lossAndGradients(own, RecomputationTest::kept), List.of());
    var again = engine.run(lossAndGradients(own, RecomputationTest::recomputed), List.of());
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i).toArray(), again.get(i).toArray(), "output " + i);
    }
  }

  private long bytes(int blocks, BinaryOperator<Tensor> how) {
    return engine.program(lossAndGradients(weights(blocks), how), List.of()).bytes();
  }

  @Test
  void aBlockMoreCostsItsInputAlone() {
    long keptMore = bytes(12, RecomputationTest::kept) - bytes(6, RecomputationTest::kept);
    long recomputedMore =
        bytes(12, RecomputationTest::recomputed) - bytes(6, RecomputationTest::recomputed);
    long blockInput = 4L * ROWS * WIDTH;
    long gradient = 4L * 4 * WIDTH * WIDTH; // an output here
    assertTrue(keptMore >= 6 * (blockInput + gradient + 4L * ROWS * 4 * WIDTH), "" + keptMore);
    assertTrue(recomputedMore <= 6 * (blockInput + gradient + 2048), "" + recomputedMore);
  }

  @Test
  void equalStepsAreOneProgram() {
    var own = weights(2);
    for (int i = 0; i < 3; i++) {
      engine.run(lossAndGradients(own, RecomputationTest::recomputed), List.of());
    }
    assertEquals(1, engine.compiled());
  }

  @Test
  void blocksInBlocks() {
    var own = weights(4);
    BinaryOperator<Tensor> inner = RecomputationTest::recomputed;
    Tensor middle = inner.apply(block(input, own.get(0), 0), input);
    Tensor half = inner.apply(block(middle, own.get(1), 1), middle);
    Tensor outer = Gradients.recomputed(half, input);
    var nested = Gradients.of(outer.mul(outer).mean(), own.subList(0, 2));
    Tensor flat = block(block(input, own.get(0), 0), own.get(1), 1);
    var plain = Gradients.of(flat.mul(flat).mean(), own.subList(0, 2));
    var all = new ArrayList<>(nested);
    all.addAll(plain);
    var values = engine.run(all, List.of());
    assertArrayEquals(values.get(2).toArray(), values.get(0).toArray());
    assertArrayEquals(values.get(3).toArray(), values.get(1).toArray());
  }

  @Test
  void firstAndSecondDerivativesAgreeWithDifferences() {
    var x = parameter(3, 2, 3);
    var w = parameter(4, 3, 3);
    Tensor y = Gradients.recomputed(x.matmul(w).tanh().mul(x).exp(), x);
    Tensor loss = y.mul(y).sum();
    assertEquals(0, Gradients.check(loss, List.of(x, w)), 1e-6);
    var first = Gradients.of(loss, List.of(x, w));
    Tensor second = first.get(0).mul(first.get(0)).sum().add(first.get(1).exp().sum());
    assertEquals(0, Gradients.check(second, List.of(x, w)), 1e-6);
  }

  @Test
  void parametersAreUpdatedAfterTheSecondReading() {
    var own = weights(3);
    List<float[]> results = new ArrayList<>();
    for (BinaryOperator<Tensor> how :
        List.<BinaryOperator<Tensor>>of(RecomputationTest::kept, RecomputationTest::recomputed)) {
      var copies =
          own.stream().map(p -> Parameter.of(Tensor.of(p.toArray(), 4 * WIDTH, WIDTH))).toList();
      for (int step = 0; step < 3; step++) {
        Tensor loss = loss(copies, how);
        var gradients = Gradients.of(loss, copies);
        List<Step.Assignment> next = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
          next.add(new Step.Assignment(copies.get(i), copies.get(i).sub(gradients.get(i))));
        }
        engine.run(List.of(loss), next);
      }
      copies.forEach(copy -> results.add(copy.toArray()));
    }
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(results.get(i), results.get(i + 3), "weight " + i);
    }
  }

  @Test
  void withoutAGradientNothingIsComputedTwice() {
    var own = weights(2);
    var plain = engine.program(List.of(loss(own, RecomputationTest::kept)), List.of());
    var again = engine.program(List.of(loss(own, RecomputationTest::recomputed)), List.of());
    assertEquals(plain.kernels(), again.kernels());
  }
}
