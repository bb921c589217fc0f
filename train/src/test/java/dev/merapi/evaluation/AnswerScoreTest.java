package dev.merapi.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Exact match and F1 against the published scorer's numbers; see answers.py. */
class AnswerScoreTest {
  @TestFactory
  Stream<DynamicTest> hasTheNumbersOfThePublishedScorer() {
    var golden =
        new ObjectMapper()
            .readTree(AnswerScoreTest.class.getResourceAsStream("/evaluation/answers.json"));
    return golden
        .valueStream()
        .map(
            c ->
                DynamicTest.dynamicTest("“" + c.get("said").stringValue() + "”", () -> compare(c)));
  }

  private static void compare(JsonNode golden) {
    var said = golden.get("said").stringValue();
    assertEquals(texts(golden.get("words")), AnswerScore.words(said));
    var score = AnswerScore.of(said, texts(golden.get("references")));
    assertEquals(golden.get("exact").doubleValue(), score.exact());
    assertEquals(golden.get("f1").doubleValue(), score.f1(), 1e-12);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::stringValue).toList();
  }

  @Test
  void tellsQuestionsWithoutAnswersApart() {
    var right = new AnswerScore(1, 1);
    var half = new AnswerScore(0, 0.5);
    var wrong = new AnswerScore(0, 0);
    var all =
        Measures.ofAnswers(
            List.of(right, half, wrong, right),
            List.of(true, true, false, false),
            Bootstrap.of(),
            Key.of(1));
    assertEquals(
        List.of("exact_match", "f1", "has_answer_f1", "no_answer_exact"),
        all.stream().map(Measure::name).toList());
    assertEquals(List.of(0.5, 0.625, 0.75, 0.5), all.stream().map(Measure::value).toList());
    assertTrue(
        all.stream().allMatch(m -> m.interval().orElseThrow().low() <= m.value()), all.toString());
    assertEquals(
        2, Measures.ofAnswers(List.of(right), List.of(true), Bootstrap.of(), Key.of(1)).size());
  }
}
