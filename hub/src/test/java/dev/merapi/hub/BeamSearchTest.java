package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.nn.Layer;
import dev.merapi.zoo.BeamSearch;
import dev.merapi.zoo.TokenReader;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** A search finds the texts that transformers finds, with its scores. */
class BeamSearchTest {

  @TestFactory
  Stream<DynamicTest> findsWhatTransformersFinds() throws IOException {
    try (var file = getClass().getResourceAsStream("/beams.json")) {
      return Config.JSON
          .readTree(file)
          .valueStream()
          .map(c -> DynamicTest.dynamicTest(name(c), () -> check(c)));
    }
  }

  private static String name(JsonNode c) {
    return "%s, %d beams, penalty %s"
        .formatted(c.path("folder").asString(), c.path("beams").asInt(), c.path("penalty"));
  }

  private static void check(JsonNode c) {
    Layer model = Pretrained.open(PretrainedTest.folder(c.path("folder").asString())).model();
    int[][] prompts =
        c.path("prompts")
            .valueStream()
            .map(row -> row.valueStream().mapToInt(JsonNode::intValue).toArray())
            .toArray(int[][]::new);
    Set<Integer> ends = new HashSet<>();
    c.path("ends").valueStream().forEach(end -> ends.add(end.intValue()));
    int tokens = c.path("tokens").intValue();
    var search =
        BeamSearch.of(c.path("beams").intValue(), tokens)
            .lengthPenalty(c.path("penalty").doubleValue())
            .ends(ends);
    var found = search.write(TokenReader.of(model, prompts[0].length + tokens), prompts);
    for (int i = 0; i < prompts.length; i++) {
      JsonNode expected = c.path("found").path(i);
      for (int n = 0; n < expected.size(); n++) {
        JsonNode text = expected.path(n);
        List<Integer> ids = text.path("tokens").valueStream().map(JsonNode::intValue).toList();
        assertEquals(ids, found.get(i).get(n).tokens());
        assertEquals(text.path("score").doubleValue(), found.get(i).get(n).score(), 2e-5);
      }
    }
  }
}
