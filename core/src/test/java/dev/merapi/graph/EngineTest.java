package dev.merapi.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.CpuBackend;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Programs: found by structure, run over planned memory, true to what a step means. */
final class EngineTest {
  private final Engine engine = new Engine(CpuBackend.shared());

  private static Parameter parameter(float... values) {
    return Parameter.of(Tensor.of(values));
  }

  /** A small perceptron's step; the learning rate is an input. */
  private static List<Step.Assignment> descend(
      Tensor loss, List<Parameter> parameters, float rate) {
    List<Tensor> gradients = Gradients.of(loss, parameters);
    List<Step.Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor next = parameters.get(i).sub(gradients.get(i).mul(Tensor.scalar(rate)));
      assignments.add(new Step.Assignment(parameters.get(i), next));
    }
    return assignments;
  }

  @Test
  void aHundredEqualStepsCompileOnceAndAllocateOnce() {
    var weight = Parameter.of(Key.of(1).uniform(8, 5));
    var bias = Parameter.of(Tensor.zeros(5));
    weight.storage();
    bias.storage();
    long allocations = 0;
    double first = 0;
    double last = 0;
    for (int step = 0; step < 100; step++) {
      Tensor x = Tensor.of(Key.of(step % 3).uniform(16, 8).toArray(), 16, 8);
      Tensor y = x.matmul(weight).add(bias).add(Key.of(2).fold(step).uniform(16, 5).mul(0.01));
      Tensor loss = y.sub(1).mul(y.sub(1)).mean();
      last =
          engine
              .run(List.of(loss), descend(loss, List.of(weight, bias), 0.1f / (1 + step)))
              .getFirst()
              .item();
      first = step == 0 ? last : first;
      allocations = step == 0 ? Workspace.allocations() : allocations;
    }
    assertTrue(last < first / 2, first + " to " + last);
    assertEquals(1, engine.compiled());
    assertEquals(allocations, Workspace.allocations(), "memory was allocated after the first step");
  }

  @Test
  void otherConstantsAndShapesAreOtherPrograms() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4});
    engine.run(List.of(x.mul(2)), List.of());
    engine.run(List.of(x.mul(3)), List.of());
    engine.run(List.of(x.reshape(2, 2).mul(2)), List.of());
    engine.run(List.of(Tensor.of(new float[] {5, 6, 7, 8}).mul(2)), List.of());
    assertEquals(3, engine.compiled());
  }

  @Test
  void everyReadSeesTheParametersAsTheyWereBeforeTheStep() {
    var p = parameter(1, 2, 3);
    var q = parameter(10, 20, 30);
    List<Tensor> seen =
        engine.run(
            List.of(p, p.add(q), q.sum()),
            List.of(new Step.Assignment(p, q), new Step.Assignment(q, p.add(1))));
    assertArrayEquals(new float[] {1, 2, 3}, seen.get(0).toArray());
    assertArrayEquals(new float[] {11, 22, 33}, seen.get(1).toArray());
    assertEquals(60, seen.get(2).item());
    assertArrayEquals(new float[] {10, 20, 30}, p.toArray());
    assertArrayEquals(new float[] {2, 3, 4}, q.toArray());
  }

  @Test
  void aParameterMayBeReadMovedWhileItIsReplaced() {
    var p = Parameter.of(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    engine.run(List.of(), List.of(new Step.Assignment(p, p.add(p.mT()))));
    assertArrayEquals(new float[] {2, 5, 5, 8}, p.toArray());
    engine.run(List.of(), List.of(new Step.Assignment(p, p.matmul(p).add(p))));
    assertArrayEquals(new float[] {31, 55, 55, 97}, p.toArray());
    engine.run(List.of(), List.of(new Step.Assignment(p, p.flip(0))));
    assertArrayEquals(new float[] {55, 97, 31, 55}, p.toArray());
  }

  @Test
  void oneValueMayReplaceSeveralParametersAndBeRead() {
    var p = parameter(1, 2);
    var q = parameter(3, 4);
    Tensor sum = p.add(q);
    List<Tensor> out =
        engine.run(List.of(sum), List.of(new Step.Assignment(p, sum), new Step.Assignment(q, sum)));
    assertArrayEquals(new float[] {4, 6}, out.getFirst().toArray());
    assertArrayEquals(new float[] {4, 6}, p.toArray());
    assertArrayEquals(new float[] {4, 6}, q.toArray());
  }

  @Test
  void aResultKeepsItsValueWhenLaterStepsRun() {
    var p = parameter(1, 2, 3);
    Tensor before = engine.run(List.of(p.mul(2)), List.of()).getFirst();
    p.assign(Tensor.zeros(3));
    engine.run(List.of(p.mul(2)), List.of());
    assertArrayEquals(new float[] {2, 4, 6}, before.toArray());
  }

  @Test
  void aChainOfTenThousandOpsRunsForwardAndBack() {
    var x = parameter(0.5f, -0.25f);
    Tensor y = x;
    for (int i = 0; i < 10_000; i++) {
      y = i % 2 == 0 ? y.mul(0.5) : y.add(0.125);
    }
    Tensor gradient = Gradients.of(y.sum(), List.of(x)).getFirst();
    List<Tensor> out = engine.run(List.of(y, gradient), List.of());
    assertArrayEquals(new float[] {0.25f, 0.25f}, out.get(0).toArray(), 1e-6f);
    assertArrayEquals(new float[] {0, 0}, out.get(1).toArray());
  }

  @Test
  void oneProgramRunsOnManyThreads() throws Exception {
    var weight = Parameter.of(Key.of(9).normal(64, 64));
    weight.storage();
    List<Callable<float[]>> calls = new ArrayList<>();
    List<Tensor> graphs = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Tensor x = Tensor.of(Key.of(i).normal(33, 64).toArray(), 33, 64);
      graphs.add(x.matmul(weight).softmax(-1));
      calls.add(
          () -> engine.run(List.of(x.matmul(weight).softmax(-1)), List.of()).getFirst().toArray());
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      var futures = threads.invokeAll(calls);
      for (int i = 0; i < calls.size(); i++) {
        double[] want = Reference.evaluate(graphs.get(i));
        float[] got = futures.get(i).get();
        for (int j = 0; j < got.length; j++) {
          assertEquals(want[j], got[j], 1e-4);
        }
      }
    }
    assertEquals(1, engine.compiled());
  }

  @Test
  void emptyTensorsComputeNothingAndReduceToTheNeutralElement() {
    Tensor empty = Tensor.of(new float[0], 3, 0);
    List<Tensor> out =
        engine.run(
            List.of(empty.exp(), empty.sum(1), empty.max(1), empty.matmul(Tensor.zeros(0, 2))),
            List.of());
    assertEquals(0, out.get(0).shape().elements());
    assertArrayEquals(new float[3], out.get(1).toArray());
    assertArrayEquals(
        new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY},
        out.get(2).toArray());
    assertArrayEquals(new float[6], out.get(3).toArray());
  }
}
