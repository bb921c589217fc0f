package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.AnswerFinder;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The loss of answers and its gradients are those of transformers; see hub/answers.py. */
class AnswerLossTest {
  @Test
  void hasTheLossOfTransformers() {
    var folder = PretrainedTest.folder("bert-answer");
    var task = (BertTask.AnswerSpan) Pretrained.open(folder).model();
    var finder = AnswerFinder.of(task);
    JsonNode inputs = Config.object(folder.resolve("expected.json")).required("inputs");
    JsonNode golden = Config.object(folder.resolve("loss.json"));
    var tokens = rows(inputs.required("input_ids"));
    var segments = rows(inputs.required("token_type_ids"));
    var mask = rows(inputs.required("attention_mask")).eq(1);
    var places = Tensor.stack(1, List.of(column(golden, "starts"), column(golden, "ends")));

    var text = new Bert.Text(tokens, Optional.of(segments), Optional.of(mask));
    var logits = finder.task().apply(text, Mode.evaluation()).mT(); // (batch, 2, time)
    var loss = Loss.crossEntropy().apply(logits.flatten(0, 1), places.flatten(0, 1));
    assertEquals(golden.required("loss").doubleValue(), loss.item(), 1e-5);

    Map<String, Parameter> parameters = Parameters.of(finder);
    List<String> names = List.copyOf(golden.required("gradients").propertyNames());
    var wrt = names.stream().map(parameters::get).toList();
    var gradients = new Step(Gradients.of(loss, wrt), List.of()).run();
    for (int i = 0; i < names.size(); i++) {
      JsonNode wanted = golden.required("gradients").required(names.get(i));
      float[] values = gradients.get(i).toArray();
      for (int at = 0; at < values.length; at++) {
        assertEquals(wanted.get(at).doubleValue(), values[at], 1e-5, names.get(i) + " " + at);
      }
    }

    // As data come: the segments below the tokens.
    var whole = new Bert.Text(tokens, Optional.of(segments), Optional.empty());
    var stacked = finder.apply(Tensor.stack(1, List.of(tokens, segments)), Mode.evaluation());
    var plain = task.apply(whole, Mode.evaluation()).mT();
    assertEquals(0, stacked.sub(plain).abs().max().item());
  }

  private static Tensor rows(JsonNode rows) {
    List<Integer> all = new ArrayList<>();
    rows.forEach(row -> row.forEach(value -> all.add(value.intValue())));
    int[] flat = all.stream().mapToInt(Integer::intValue).toArray();
    return Tensor.of(flat, rows.size(), flat.length / rows.size());
  }

  private static Tensor column(JsonNode golden, String name) {
    int[] values = golden.required(name).valueStream().mapToInt(JsonNode::intValue).toArray();
    return Tensor.of(values, values.length);
  }
}
