package dev.merapi.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The paths of parameters under given gradients, and clipping, against PyTorch's numbers. */
class OptimizerGoldenTest {
  private static final Set<String> CLIPPING = Set.of("clip_norm", "clip_value");

  @TestFactory
  Stream<DynamicTest> trajectories() {
    return cases().stream()
        .filter(c -> !CLIPPING.contains(c.op()))
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> follow(c)));
  }

  @TestFactory
  Stream<DynamicTest> clipping() {
    return Conformance.of(
        cases().stream().filter(c -> CLIPPING.contains(c.op())).toList(),
        (c, inputs) -> {
          List<Tensor> gradients = List.copyOf(inputs.values());
          if (c.op().equals("clip_value")) {
            var clipped = Clipping.byValue(gradients, c.attributes().number("max_value"));
            return Map.of("a", clipped.get(0), "b", clipped.get(1));
          }
          Tensor norm = Clipping.norm(gradients);
          var clipped = Clipping.byNorm(gradients, norm, c.attributes().number("max_norm"));
          return Map.of("a", clipped.get(0), "b", clipped.get(1), "norm", norm);
        });
  }

  private List<Case> cases() {
    return Golden.read(getClass().getResourceAsStream("/golden/optimizers.json"));
  }

  /** Takes the steps, each with a loss whose gradients are those of the file. */
  private static void follow(Case c) {
    Parameter a = Parameter.of(Conformance.tensor(c.inputs().get("a")));
    Parameter b = Parameter.of(Conformance.tensor(c.inputs().get("b")));
    Tensor ga = Conformance.tensor(c.inputs().get("gradients_a"));
    Tensor gb = Conformance.tensor(c.inputs().get("gradients_b"));
    var optimization = Optimization.of(List.of(a, b), optimizer(c.op(), c.attributes()));
    List<Double> pathA = new ArrayList<>();
    List<Double> pathB = new ArrayList<>();
    int step = 0;
    for (int kept : c.attributes().integers("steps")) {
      for (; step < kept; step++) {
        Tensor loss = a.mul(ga.get(step)).sum().add(b.mul(gb.get(step)).sum());
        assertTrue(optimization.step(loss, Mode.evaluation()).applied());
      }
      append(pathA, a);
      append(pathB, b);
    }
    near(c.outputs().get("a").array(), pathA);
    near(c.outputs().get("b").array(), pathB);
    assertEquals(20, optimization.steps());
  }

  private static void append(List<Double> path, Parameter parameter) {
    for (float value : parameter.toArray()) {
      path.add((double) value);
    }
  }

  private static void near(double[] expected, List<Double> actual) {
    double[] found = actual.stream().mapToDouble(Double::doubleValue).toArray();
    assertArrayEquals(expected, found, 1e-5);
  }

  private static Optimizer optimizer(String op, Attributes o) {
    double lr = o.number("lr");
    boolean maximize = o.has("maximize") && o.flag("maximize");
    double decay = o.number("weight_decay");
    return switch (op) {
      case "sgd" ->
          new Sgd(
              lr, o.number("momentum"), o.number("dampening"), o.flag("nesterov"), decay, maximize);
      case "adagrad" ->
          new Adagrad(
              lr,
              o.number("lr_decay"),
              decay,
              o.number("initial_accumulator_value"),
              o.number("eps"),
              maximize);
      case "rmsprop" ->
          new RmsProp(
              lr,
              o.number("alpha"),
              o.number("eps"),
              o.flag("centered"),
              o.number("momentum"),
              decay,
              maximize);
      case "adam" -> {
        double[] betas = o.numbers("betas");
        yield new Adam(lr, betas[0], betas[1], o.number("eps"), decay, o.flag("amsgrad"), maximize);
      }
      case "adamw" -> {
        double[] betas = o.numbers("betas");
        yield new AdamW(
            lr, betas[0], betas[1], o.number("eps"), decay, o.flag("amsgrad"), maximize);
      }
      case "lion" -> {
        double[] betas = o.numbers("betas");
        yield new Lion(lr, betas[0], betas[1], decay);
      }
      default -> throw new IllegalArgumentException(op);
    };
  }
}
