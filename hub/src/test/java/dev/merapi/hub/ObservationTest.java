package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.nn.Observation;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Attention looks where transformers says that it looks. */
class ObservationTest {
  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> looksWhereTransformersLooks() throws IOException {
    try (var file = getClass().getResourceAsStream("/attention.json")) {
      return Config.JSON
          .readTree(file)
          .valueStream()
          .map(c -> DynamicTest.dynamicTest(c.path("folder").asString(), () -> check(c)));
    }
  }

  private static void check(JsonNode c) {
    var model = Pretrained.open(PretrainedTest.folder(c.path("folder").asString())).model();
    int[] tokens = c.path("tokens").valueStream().mapToInt(JsonNode::intValue).toArray();
    int time = tokens.length;
    var pass = Observation.of(time);
    Tensor logits = model.apply(Tensor.of(tokens, 1, time), pass);
    assertEquals(0, logits.sub(model.apply(Tensor.of(tokens, 1, time))).abs().max().item());
    var layers = pass.attention();
    assertEquals(c.path("layers").size(), layers.size());
    var computed = Step.compute(layers.toArray(Tensor[]::new));
    for (int layer = 0; layer < layers.size(); layer++) {
      assertEquals(Shape.of(1, c.path("heads").intValue(), time, time), layers.get(layer).shape());
      float[] actual = computed.get(layer).toArray();
      JsonNode expected = c.path("layers").path(layer);
      for (int i = 0; i < actual.length; i++) {
        assertEquals(expected.get(i).doubleValue(), actual[i], TOLERANCE, layer + ": " + i);
      }
    }
  }
}
