package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.DirectPreference;
import dev.merapi.nn.LogLikelihood;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The loss of preferences and its gradients are PyTorch's; see hub/preferences.py. */
class PreferenceLossTest {
  @Test
  void hasTheLossAndTheGradientsOfPyTorch() {
    var folder = PretrainedTest.folder("gpt2");
    JsonNode golden = Config.object(folder.resolve("preferences.json"));
    int[] shape = integers(golden.required("shape"));
    var x = Tensor.of(integers(golden.required("x")), shape);
    var reference = Tensor.of(floats(golden.required("reference")), shape[0], 2);
    var model = LogLikelihood.of(Pretrained.open(folder).model());
    var parameters = Parameters.of(model);
    for (JsonNode wanted : golden.required("cases")) {
      var loss =
          new DirectPreference(
              golden.required("beta").doubleValue(), wanted.required("smoothing").doubleValue());
      var said = model.apply(x);
      check(wanted.required("policy"), said, 1e-4);
      check(wanted.required("rewards"), loss.rewards(said, reference), 1e-4);
      var value = loss.apply(said, reference);
      assertEquals(wanted.required("loss").doubleValue(), value.item(), 1e-5);

      List<String> names = List.copyOf(wanted.required("gradients").propertyNames());
      List<Tensor> all = new ArrayList<>(List.of(value));
      all.addAll(Gradients.of(value, names.stream().map(parameters::get).toList()));
      var computed = new Step(all, List.of()).run();
      for (int i = 0; i < names.size(); i++) {
        check(wanted.required("gradients").required(names.get(i)), computed.get(i + 1), 2e-4);
      }
    }
  }

  /** The first of some numbers. */
  private static void check(JsonNode wanted, Tensor actual, double tolerance) {
    float[] values = Step.compute(actual).getFirst().toArray();
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i).doubleValue(), values[i], tolerance, "number " + i);
    }
  }

  private static int[] integers(JsonNode numbers) {
    return numbers.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private static float[] floats(JsonNode numbers) {
    float[] all = new float[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = numbers.get(i).floatValue();
    }
    return all;
  }

  @Test
  void isLn2AtFirstAndRefusesWhatIsNoPair() {
    var loss = DirectPreference.of(0.1);
    var same = Tensor.of(new float[] {-3, -4, -5, -600}, 2, 2);
    assertEquals(Math.log(2), loss.apply(same, same).item(), 1e-6);
    // Far away it is finite, and as large as the margin.
    var far = Tensor.of(new float[] {-4000, 0}, 1, 2);
    assertEquals(400, loss.apply(far, Tensor.zeros(1, 2)).item(), 1e-3);
    assertThrows(ShapeException.class, () -> loss.apply(Tensor.zeros(3), Tensor.zeros(3)));
    assertThrows(MerapiException.class, () -> DirectPreference.of(0));
    var e = assertThrows(MerapiException.class, () -> new DirectPreference(1, 0.5));
    assertTrue(e.getMessage().contains("below 0.5"), e.getMessage());
  }
}
