package dev.merapi.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Walk;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizationTest {
  private static final Mode PLAIN = Mode.evaluation();

  private static Sequential model() {
    return Sequential.of(Linear.of(3, 5, Key.of(1)), Relu.of(), Linear.of(5, 2, Key.of(2)));
  }

  private static Tensor loss(Sequential model, Tensor x, Tensor y) {
    Tensor difference = model.apply(x).sub(y);
    return difference.mul(difference).mean();
  }

  private static float[] weights(Object model) {
    var flat = Parameters.of(model).values().stream().map(p -> p.reshape(-1)).toList();
    return Tensor.concat(0, flat).toArray();
  }

  private static List<Object> structure(Step step) {
    List<Tensor> roots = new ArrayList<>(step.outputs());
    step.assignments().forEach(a -> roots.add(a.value()));
    List<Object> structure = new ArrayList<>();
    for (Tensor t : Walk.inOrder(roots)) {
      structure.add(List.of(t.op().getClass(), t.op().attributes(), t.shape(), t.dtype()));
    }
    return structure;
  }

  @Test
  void everyStepHasTheSameStructure() {
    List<Optimizer> rules =
        List.of(
            Sgd.of(0.1).momentum(0.9).dampening(0.5),
            Adagrad.of(0.1).rateDecay(0.1),
            RmsProp.of(0.1).centring().momentum(0.9),
            Adam.of(0.1).withAmsgrad(),
            AdamW.of(0.1),
            Lion.of(0.1).weightDecay(0.1));
    for (Optimizer rule : rules) {
      Sequential model = model();
      var options = StepOptions.DEFAULT.schedule(Schedule.cosine(9)).clipNorm(1).averageDecay(0.9);
      var optimization = Optimization.of(model, rule, options);
      Tensor loss = loss(model, Tensor.ones(4, 3), Tensor.zeros(4, 2));
      var first = structure(optimization.stepGraph(loss, PLAIN, 1));
      optimization.step(loss, PLAIN);
      assertEquals(first, structure(optimization.stepGraph(loss, PLAIN, 1)), rule.toString());
    }
  }

  @Test
  void aStepHoldsAGradientAndNothingElseOfItsSize() {
    List<Optimizer> rules =
        List.of(
            Sgd.of(0.1).momentum(0.9),
            RmsProp.of(0.1).centring().momentum(0.9),
            Adam.of(0.1).withAmsgrad(),
            AdamW.of(0.1),
            Lion.of(0.1).weightDecay(0.1));
    int dim = 256;
    for (Optimizer rule : rules) {
      Linear model = Linear.of(dim, dim, Key.of(1)).withoutBias();
      var options = StepOptions.DEFAULT.clipNorm(1).averageDecay(0.9);
      Tensor y = model.apply(Tensor.ones(2, dim));
      long bytes = Optimization.of(model, rule, options).workspace(y.mul(y).mean(), PLAIN);
      long gradient = 4L * dim * dim;
      assertTrue(bytes < 1.2 * gradient, rule + ": " + bytes + " of " + gradient);
    }
  }

  @Test
  void accumulatedBatchesEqualTheLargeOne() {
    Tensor x = Key.of(7).normal(12, 3);
    Tensor y = Key.of(8).normal(12, 2);
    Sequential whole = model();
    Sequential parts = model();
    var large = Optimization.of(whole, AdamW.of(0.01), StepOptions.DEFAULT.clipNorm(0.5));
    var small = Optimization.of(parts, AdamW.of(0.01), StepOptions.DEFAULT.clipNorm(0.5));
    for (int step = 0; step < 3; step++) {
      var expected = large.step(loss(whole, x, y), PLAIN);
      small.accumulate(loss(parts, x.slice(0, 0, 6), y.slice(0, 0, 6)), PLAIN, 6);
      small.accumulate(loss(parts, x.slice(0, 6, 11), y.slice(0, 6, 11)), PLAIN, 5);
      var result = small.step(loss(parts, x.slice(0, 11, 12), y.slice(0, 11, 12)), PLAIN, 1);
      assertEquals(expected.loss(), result.loss(), 1e-6);
      assertEquals(expected.gradientNorm(), result.gradientNorm(), 1e-6);
      assertArrayEquals(weights(whole), weights(parts), 1e-6f);
    }
    assertEquals(3, small.steps());
  }

  @Test
  void aStepThatIsNotFiniteChangesNothing() {
    Sequential model = model();
    Parameter state = Parameter.state(Tensor.zeros());
    var options = StepOptions.DEFAULT.averageDecay(0.9);
    var optimization = Optimization.of(model, Adam.of(0.1), options);
    Tensor x = Tensor.ones(2, 3);
    assertTrue(optimization.step(loss(model, x, Tensor.zeros(2, 2)), PLAIN).applied());
    float[] before = weights(model);
    float[] stateBefore = weights(List.copyOf(optimization.state().values()));
    var mode = Mode.training(Key.of(1));
    mode.update(state, old -> old.add(1));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Tensor loss = loss(model, x, Tensor.scalar(bad).broadcastTo(2, 2));
      assertFalse(optimization.step(loss, mode).applied());
      assertFalse(optimization.accumulate(loss, mode).applied());
    }
    // A finite loss with an infinite gradient: √x at 0.
    Parameter zero = Parameter.of(Tensor.zeros(2));
    var root = Optimization.of(List.of(zero), Sgd.of(0.1));
    assertFalse(root.step(zero.sqrt().sum(), PLAIN).applied());
    assertArrayEquals(new float[2], zero.toArray());

    assertArrayEquals(before, weights(model));
    assertArrayEquals(stateBefore, weights(List.copyOf(optimization.state().values())));
    assertEquals(0, state.item());
    assertEquals(1, optimization.steps());
    assertTrue(optimization.step(loss(model, x, Tensor.zeros(2, 2)), mode).applied());
    assertEquals(1, state.item());
  }

  @Test
  void groupsHaveRulesOfTheirOwn() {
    Sequential model = model();
    float[] before = weights(model);
    var options =
        StepOptions.DEFAULT
            .group(Group.frozen("layers.0.*"))
            .group(Group.ofVectors(Sgd.of(0)))
            .schedule(Schedule.exponential(0.5));
    var optimization = Optimization.of(model, Sgd.of(0.25).weightDecay(1), options);
    Tensor nothing = loss(model, Tensor.ones(1, 3), Tensor.zeros(1, 2)).mul(0);
    optimization.step(nothing, PLAIN);
    var result = optimization.step(nothing, PLAIN);
    assertEquals(0.125, result.learningRate());
    float[] after = weights(model);
    int trained = 5 * 3 + 5; // the weight of the second layer follows the first layer's 20 numbers
    for (int i = 0; i < after.length; i++) {
      boolean decays = i >= trained && i < trained + 10;
      assertEquals(before[i] * (decays ? 0.75f * 0.875f : 1), after[i], 1e-6f, "number " + i);
    }
  }

  @Test
  void groupsAreCheckedWhenTheyAreMade() {
    var options = StepOptions.DEFAULT.group(Group.of("layer.0.*", Sgd.of(1)));
    var wrong =
        assertThrows(MerapiException.class, () -> Optimization.of(model(), Sgd.of(1), options));
    assertTrue(wrong.getMessage().contains("layers.0.weight"), wrong.getMessage());
    var frozen = StepOptions.DEFAULT.group(Group.frozen("*"));
    assertThrows(MerapiException.class, () -> Optimization.of(model(), Sgd.of(1), frozen));
    assertThrows(MerapiException.class, () -> Sgd.of(0.1).nesterov(0));
    assertThrows(MerapiException.class, () -> Adam.of(-1));
  }

  @Test
  void averagesFollowTheWeights() {
    Parameter x = Parameter.of(Tensor.of(new float[] {1}));
    var options = StepOptions.DEFAULT.averageDecay(0.75);
    var optimization = Optimization.of(List.of(x), Sgd.of(1), options);
    optimization.step(x.sum(), PLAIN); // 1, 0, -1
    optimization.step(x.sum(), PLAIN);
    assertEquals(List.of("0.average"), List.copyOf(optimization.state().keySet()));
    double average = 0.75 * (0.75 * 1 + 0.25 * 0) + 0.25 * -1;
    optimization.swapAverages();
    assertEquals(average, x.item(), 1e-6);
    optimization.swapAverages();
    assertEquals(-1, x.item(), 1e-6);
  }

  @Test
  void aResumedOptimizationGoesOnAsIfNothingHadHappened() {
    Parameter a = Parameter.of(Tensor.of(new float[] {1, 2}));
    Parameter b = Parameter.of(Tensor.of(new float[] {1, 2}));
    var schedule = StepOptions.DEFAULT.schedule(Schedule.cosine(10));
    var whole = Optimization.of(List.of(a), Adam.of(0.1), schedule);
    whole.step(a.mul(a).sum(), PLAIN);
    whole.step(a.mul(a).sum(), PLAIN);
    b.assign(a);
    var resumed = Optimization.of(List.of(b), Adam.of(0.1), schedule);
    whole.state().forEach((name, value) -> resumed.state().get(name).assign(value));
    resumed.resume(whole.steps(), whole.scheduleState());
    whole.step(a.mul(a).sum(), PLAIN);
    resumed.step(b.mul(b).sum(), PLAIN);
    assertArrayEquals(a.toArray(), b.toArray());
    assertEquals(List.of("0.firstMoment", "0.secondMoment"), List.copyOf(whole.state().keySet()));
  }

  @Test
  void outputsAreThoseOfTheStepsStart() {
    Parameter x = Parameter.of(Tensor.of(new float[] {2}));
    var optimization = Optimization.of(List.of(x), Sgd.of(0.5), StepOptions.DEFAULT.clipValue(1));
    var result = optimization.step(x.mul(x).sum(), PLAIN, x.mul(10));
    assertEquals(4, result.loss());
    assertEquals(4, result.gradientNorm());
    assertEquals(20, result.outputs().getFirst().item());
    assertEquals(1.5, x.item());
    assertEquals(Map.of(), optimization.scheduleState());
  }
}
