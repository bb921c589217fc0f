package dev.merapi.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Measures against scikit-learn's numbers. */
class MeasuresTest {
  private static final double TOLERANCE = 1e-6; // probabilities are f32
  private static final JsonNode GOLDEN =
      new ObjectMapper()
          .readTree(MeasuresTest.class.getResourceAsStream("/evaluation/measures.json"));

  private static Stream<JsonNode> cases(String kind) {
    return StreamSupport.stream(GOLDEN.get(kind).spliterator(), false);
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static int[] ints(JsonNode array) {
    return Arrays.stream(doubles(array)).mapToInt(x -> (int) x).toArray();
  }

  private static Classified classified(JsonNode golden) {
    double[] numbers = doubles(golden.get("probabilities"));
    float[] probabilities = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      probabilities[i] = (float) numbers[i];
    }
    return Classified.of(
        ints(golden.get("actual")), probabilities, golden.get("classes").intValue());
  }

  @TestFactory
  Stream<DynamicTest> classifiers() {
    return cases("classifiers")
        .map(c -> DynamicTest.dynamicTest(c.get("classes") + " classes", () -> classifier(c)));
  }

  private static void classifier(JsonNode golden) {
    var said = classified(golden);
    var expected = golden.get("expected");
    var confusion = said.confusion();
    same(expected, "accuracy", said.accuracy());
    same(expected, "accuracy", confusion.accuracy());
    same(expected, "balanced_accuracy", confusion.balancedAccuracy());
    same(expected, "log_loss", said.logLoss());
    same(expected, "brier", said.brier());
    same(expected, "ece_10", said.calibration(10).expectedError());
    if (expected.has("top_2")) {
      same(expected, "top_2", said.topK(2));
    }
    if (expected.has("roc_auc")) {
      same(expected, "roc_auc", said.rocAuc());
      same(expected, "average_precision", said.averagePrecision());
    } else {
      assertThrows(MerapiException.class, said::rocAuc);
    }
    for (int c = 0; c < said.classes(); c++) {
      assertArrayEquals(
          doubles(expected.get("per_class").get(c)),
          new double[] {confusion.precision(c), confusion.recall(c), confusion.f1(c)},
          TOLERANCE);
      for (int p = 0; p < said.classes(); p++) {
        assertEquals(expected.get("confusion").get(c).get(p).longValue(), confusion.count(c, p));
      }
    }
    for (var average : Average.values()) {
      assertArrayEquals(
          doubles(expected.get(average.name().toLowerCase(java.util.Locale.ROOT))),
          new double[] {
            confusion.precision(average), confusion.recall(average), confusion.f1(average)
          },
          TOLERANCE);
    }
  }

  @TestFactory
  Stream<DynamicTest> regressions() {
    return cases("regressions")
        .map(c -> DynamicTest.dynamicTest("regression", () -> regression(c)));
  }

  private static void regression(JsonNode golden) {
    var said = Regressed.of(doubles(golden.get("actual")), doubles(golden.get("predicted")));
    var expected = golden.get("expected");
    same(expected, "mse", said.meanSquaredError());
    same(expected, "rmse", said.rootMeanSquaredError());
    same(expected, "mae", said.meanAbsoluteError());
    same(expected, "mape", said.meanAbsolutePercentageError());
    same(expected, "r2", said.rSquared());
  }

  private static void same(JsonNode expected, String name, double value) {
    double wanted = expected.get(name).doubleValue();
    assertEquals(wanted, value, TOLERANCE * Math.max(1, Math.abs(wanted)), name);
  }

  @Test
  void certainAndWrongIsNotInfinite() {
    var said = Classified.of(new int[] {0, 1}, new float[] {0, 1, 0, 1}, 2);
    assertEquals(-Math.log(Math.ulp(1f)) / 2, said.logLoss(), 1e-6);
    assertEquals(1, said.topK(2));
  }

  @Test
  void intervalOfAMeanIsThatOfTheNormalDistribution() {
    double[] values = new double[400];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 4 == 0 ? 0 : 1; // mean 0.75, deviation 0.433
    }
    var interval = new Bootstrap(4000, 0.95).ofMean(values, Key.of(3));
    double half = 1.96 * Math.sqrt(0.75 * 0.25 / values.length);
    assertEquals(0.75 - half, interval.low(), 0.006);
    assertEquals(0.75 + half, interval.high(), 0.006);
    assertEquals(interval, new Bootstrap(4000, 0.95).ofMean(values, Key.of(3)));
  }

  @Test
  void whatCannotBeMeasuredIsSaid() {
    says("logits", () -> Classified.of(new int[] {0}, new float[] {3, -1}, 2));
    says("4 probabilities", () -> Classified.of(new int[] {0, 1}, new float[] {1}, 2));
    says("class 2", () -> Classified.of(new int[] {2}, new float[] {1, 0}, 2));
    says("all 2 samples are negative", () -> Ranking.of(new double[2], new boolean[2]));
    says(
        "sample 1 is not a number",
        () -> Ranking.of(new double[] {1, Double.NaN}, new boolean[] {true, false}));
    says("one prediction for each", () -> Regressed.of(new double[2], new double[3]));
    says("no samples", () -> Bootstrap.of().ofMean(new double[0], Key.of(1)));
  }

  private static void says(String words, org.junit.jupiter.api.function.Executable action) {
    var e = assertThrows(MerapiException.class, action);
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }
}
