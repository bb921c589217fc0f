package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SamplingTest {
  private static final float[] LOGITS = {0.5f, -1, 2, 0, 1.5f};

  @TestFactory
  Stream<DynamicTest> leavesOutWhatTransformersLeavesOut() {
    return Golden.read(getClass().getResourceAsStream("/golden/sampling.json")).stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private static void check(Case c) {
    float[] logits = new float[c.inputs().get("logits").array().length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) c.inputs().get("logits").array()[i];
    }
    int[] text = Arrays.stream(c.inputs().get("text").array()).mapToInt(x -> (int) x).toArray();
    var actual = sampling(c.attributes()).probabilities(logits, text);
    assertArrayEquals(c.outputs().get("p").array(), actual, 1e-6);
  }

  private static Sampling sampling(Attributes o) {
    return Sampling.of(Key.of(1))
        .temperature(o.number("temperature"))
        .topK(o.integer("topK"))
        .topP(o.number("topP"))
        .minP(o.number("minP"))
        .repetitionPenalty(o.number("penalty"));
  }

  @Test
  void drawsAsOftenAsItIsLikely() {
    var sampling = Sampling.of(Key.of(3)).temperature(1.5).topK(4);
    double[] expected = sampling.probabilities(LOGITS);
    int draws = 20_000;
    double[] counts = new double[LOGITS.length];
    IntStream.range(0, draws).forEach(row -> counts[sampling.next(LOGITS, new int[1], row)]++);
    assertEquals(0, counts[1]);
    for (int token = 0; token < counts.length; token++) {
      assertEquals(expected[token], counts[token] / draws, 0.015);
    }
  }

  @Test
  void drawsTheSameByTheSameKeyAndOtherwiseInAnotherPlace() {
    var sampling = Sampling.of(Key.of(5));
    int[] here =
        IntStream.range(0, 50).map(row -> sampling.next(LOGITS, new int[3], row)).toArray();
    int[] again =
        IntStream.range(0, 50).map(row -> sampling.next(LOGITS, new int[3], row)).toArray();
    int[] there =
        IntStream.range(0, 50).map(row -> sampling.next(LOGITS, new int[4], row)).toArray();
    assertArrayEquals(here, again);
    assertTrue(!Arrays.equals(here, there));
  }

  @Test
  void takesTheMostLikelyAtTemperatureZero() {
    assertEquals(2, Sampling.of(Key.of(1)).temperature(0).next(LOGITS, new int[] {0}, 0));
    var penalised = Sampling.of(Key.of(1)).temperature(0).repetitionPenalty(2);
    assertEquals(4, penalised.next(LOGITS, new int[] {2}, 0));
  }

  @Test
  void refusesWhatHasNoMeaning() {
    var plain = Sampling.of(Key.of(1));
    assertThrows(MerapiException.class, () -> plain.temperature(-0.1));
    assertThrows(MerapiException.class, () -> plain.temperature(Double.NaN));
    assertThrows(MerapiException.class, () -> plain.topK(-1));
    assertThrows(MerapiException.class, () -> plain.topP(0));
    assertThrows(MerapiException.class, () -> plain.minP(1.1));
    assertThrows(MerapiException.class, () -> plain.repetitionPenalty(0));
  }
}
