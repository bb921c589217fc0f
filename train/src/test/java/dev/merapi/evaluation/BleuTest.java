package dev.merapi.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** BLEU against sacreBLEU's numbers. */
class BleuTest {
  private static final double TOLERANCE = 1e-9;

  @TestFactory
  Stream<DynamicTest> hasTheNumbersOfSacreBleu() {
    var golden =
        new ObjectMapper().readTree(BleuTest.class.getResourceAsStream("/evaluation/bleu.json"));
    return golden
        .valueStream()
        .map(c -> DynamicTest.dynamicTest(c.get("name").stringValue(), () -> compare(c)));
  }

  private static void compare(JsonNode golden) {
    var hypotheses = texts(golden.get("hypotheses"));
    var references = golden.get("references").valueStream().map(BleuTest::texts).toList();
    var counted =
        IntStream.range(0, hypotheses.size())
            .mapToObj(i -> Bleu.Matches.of(hypotheses.get(i), references.get(i)))
            .reduce(Bleu.Matches.NONE, Bleu.Matches::plus);
    assertEquals(counts(golden.get("counts")), counted.right());
    assertEquals(counts(golden.get("totals")), counted.all());

    var bleu = Bleu.of(hypotheses, references);
    assertEquals(golden.get("score").doubleValue(), bleu.score(), TOLERANCE);
    assertEquals(golden.get("brevity_penalty").doubleValue(), bleu.brevityPenalty(), TOLERANCE);
    assertEquals(golden.get("length").longValue(), bleu.length());
    assertEquals(golden.get("reference_length").longValue(), bleu.referenceLength());
    for (int n = 0; n < 4; n++) {
      assertEquals(
          golden.get("precisions").get(n).doubleValue(), bleu.precisions().get(n), TOLERANCE);
    }
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::stringValue).toList();
  }

  private static List<Long> counts(JsonNode array) {
    return array.valueStream().map(JsonNode::longValue).toList();
  }

  @Test
  void refusesHypothesesWithoutReferences() {
    var none = assertThrows(MerapiException.class, () -> Bleu.of(List.of(), List.of()));
    assertTrue(none.getMessage().contains("0 hypotheses"), none.getMessage());
    assertThrows(MerapiException.class, () -> Bleu.of(List.of("a", "b"), List.of(List.of("a"))));
    var bare =
        assertThrows(
            MerapiException.class,
            () -> Bleu.of(List.of("a", "b"), List.of(List.of("a"), List.of())));
    assertTrue(bare.getMessage().contains("hypothesis 1, 'b', has no reference"));
  }
}
