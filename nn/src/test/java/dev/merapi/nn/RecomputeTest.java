package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Engine;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimization;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Blocks with dropout and batch norm train to the same bits whether they are recomputed or not. */
final class RecomputeTest {
  private static Layer block(int number) {
    return Sequential.of(
        Linear.of(24, 48, Key.of(number).fold(1)),
        BatchNorm.of(48),
        Gelu.of(),
        Dropout.of(0.3),
        Linear.of(48, 24, Key.of(number).fold(2)));
  }

  private static Layer network(boolean recompute, int blocks) {
    return new Sequential(
        IntStream.range(0, blocks)
            .mapToObj(RecomputeTest::block)
            .map(block -> recompute ? (Layer) Recompute.of(block) : block)
            .toList());
  }

  private static Tensor loss(Layer model, Mode mode) {
    Tensor x = Key.of(99).normal(32, 24);
    Tensor difference = model.apply(x, mode).sub(x);
    return difference.mul(difference).mean();
  }

  @Test
  void trainsToTheSameBits() {
    var plain = network(false, 3);
    var again = network(true, 3);
    for (var model : List.of(plain, again)) {
      var optimization = Optimization.of(model, AdamW.of(1e-2));
      for (int step = 0; step < 5; step++) {
        var mode = Mode.training(Key.of(5).fold(step));
        assertTrue(optimization.step(loss(model, mode), mode).applied());
      }
    }
    var expected = Parameters.of(plain);
    var found = Parameters.of(again);
    assertEquals(expected.keySet(), found.keySet(), "a checkpoint fits both");
    assertTrue(expected.keySet().stream().anyMatch(name -> name.endsWith("runningMean")));
    expected.forEach(
        (name, parameter) ->
            assertArrayEquals(parameter.toArray(), found.get(name).toArray(), name));
  }

  /** What a gradient computes in, without the gradients themselves. */
  private static long bytes(Layer model) {
    var mode = Mode.training(Key.of(1));
    Tensor loss = loss(model, mode);
    List<Tensor> outputs = new ArrayList<>(List.of(loss));
    outputs.addAll(Gradients.of(loss, List.copyOf(Parameters.trained(model).values())));
    long results = outputs.stream().mapToLong(output -> 4 * output.shape().elements()).sum();
    return Engine.shared().program(outputs, mode.updates()).bytes() - results;
  }

  @Test
  void takesLessMemory() {
    long kept = bytes(network(false, 16)) - bytes(network(false, 8));
    long recomputed = bytes(network(true, 16)) - bytes(network(true, 8));
    assertTrue(recomputed < kept / 2, "8 blocks more: " + recomputed + " bytes instead of " + kept);
  }

  @Test
  void evaluationIsThatOfTheLayer() {
    var block = block(1);
    Tensor x = Key.of(3).normal(4, 24);
    assertArrayEquals(block.apply(x).toArray(), Recompute.of(block).apply(x).toArray());
  }
}
