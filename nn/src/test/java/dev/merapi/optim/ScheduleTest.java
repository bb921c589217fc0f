package dev.merapi.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ScheduleTest {
  @TestFactory
  Stream<DynamicTest> ratesArePyTorchs() {
    return Golden.read(getClass().getResourceAsStream("/golden/schedules.json")).stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> follow(c)));
  }

  private static void follow(Case c) {
    double[] expected = c.outputs().get("lr").array();
    double lr = c.attributes().number(c.op().equals("one_cycle") ? "max_lr" : "lr");
    Schedule schedule = schedule(c.op(), c.attributes(), lr);
    double[] found = new double[expected.length];
    for (int step = 0; step < found.length; step++) {
      found[step] = lr * schedule.factor(step);
      if (c.inputs().containsKey("metric")) {
        schedule = schedule.observe(c.inputs().get("metric").values().get(step));
      }
    }
    assertArrayEquals(expected, found, 1e-8 * lr);
  }

  private static Schedule schedule(String op, Attributes o, double lr) {
    return switch (op) {
      case "constant" -> Schedule.constant();
      case "step" -> Schedule.step(o.integer("step_size"), o.number("gamma"));
      case "multi_step" -> {
        var milestones = Arrays.stream(o.integers("milestones")).asLongStream().boxed().toList();
        yield Schedule.multiStep(milestones, o.number("gamma"));
      }
      case "exponential" -> Schedule.exponential(o.number("gamma"));
      case "polynomial" -> Schedule.polynomial(o.integer("total"), o.number("power"));
      case "cosine" -> Schedule.cosine(o.integer("total"), o.number("min_lr") / lr);
      case "warmup_cosine" -> Schedule.warmupCosine(o.integer("warmup"), o.integer("total"));
      case "one_cycle" ->
          new OneCycle(
              o.integer("total"),
              o.number("pct_start"),
              o.number("div_factor"),
              o.number("final_div_factor"),
              o.text("anneal").equals("linear"),
              o.flag("three_phase"));
      case "plateau" -> {
        Plateau start = o.text("mode").equals("max") ? Plateau.ofGreatest() : Plateau.ofLeast();
        Plateau plateau =
            start
                .reduction(o.number("factor"))
                .patience(o.integer("patience"))
                .cooldown(o.integer("cooldown"))
                .least(o.number("min_lr") / lr);
        yield o.text("threshold_mode").equals("abs")
            ? plateau.absoluteThreshold(o.number("threshold"))
            : plateau.relativeThreshold(o.number("threshold"));
      }
      default -> throw new IllegalArgumentException(op);
    };
  }

  @Test
  void pastTheirEndSchedulesStay() {
    for (Schedule schedule :
        List.of(
            Schedule.cosine(10, 0.1),
            Schedule.polynomial(10, 2),
            OneCycle.of(10),
            OneCycle.of(10).inThreePhases(),
            Schedule.warmupCosine(3, 10))) {
      assertEquals(schedule.factor(10), schedule.factor(1000), 1e-12, schedule.toString());
    }
  }

  @Test
  void phasesWithoutLengthAreNoDivisionByZero() {
    assertEquals(1, OneCycle.of(10).rise(0.1).factor(0), 1e-12);
    assertEquals(1, OneCycle.of(10).rise(1).factor(9), 1e-12);
    assertEquals(1, OneCycle.of(1).rise(1).factor(0), 1e-12);
  }

  @Test
  void aPlateauContinuesFromItsSavedState() {
    Schedule whole = Plateau.ofLeast().patience(1).cooldown(1).afterWarmup(2);
    Schedule saved = whole;
    for (double metric : new double[] {1, 1, 1, 0.5, 0.5}) {
      whole = whole.observe(metric);
    }
    saved = saved.withState(whole.state());
    for (double metric : new double[] {0.5, 0.5, 0.5}) {
      whole = whole.observe(metric);
      saved = saved.observe(metric);
      assertEquals(whole.factor(9), saved.factor(9));
    }
    assertEquals(0.01, whole.factor(9), 1e-12);
  }

  /** Section 5.3 of the paper: {@code dim^-0.5 · min(step^-0.5, step · warmup^-1.5)}. */
  @Test
  void inverseSquareRootIsThePapers() {
    int dim = 512;
    int warmup = 4000;
    Schedule schedule = Schedule.inverseSquareRoot(warmup);
    double rate = 1 / Math.sqrt((double) dim * warmup);
    for (int step : new int[] {1, 17, 3999, 4000, 4001, 100_000}) {
      double paper =
          Math.pow(dim, -0.5) * Math.min(Math.pow(step, -0.5), step * Math.pow(warmup, -1.5));
      assertEquals(paper, rate * schedule.factor(step), 1e-15, "step " + step);
    }
    assertEquals(0, schedule.factor(0));
  }
}
