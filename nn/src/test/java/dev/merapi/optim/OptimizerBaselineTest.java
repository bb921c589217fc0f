package dev.merapi.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Sigmoid;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A thousand steps of a small network beside the numbers that PyTorch's own tests hold it to. */
class OptimizerBaselineTest {
  private static final double RELATIVE = 1e-3;
  private static final double ABSOLUTE = 5e-4;

  @TestFactory
  Stream<DynamicTest> trajectories() {
    Path file =
        Path.of(
            Optional.ofNullable(System.getenv("MERAPI_DATA")).orElse("."),
            "optim-reference/pytorch_optim_baseline.json");
    assumeTrue(Files.exists(file), "skipped: no " + file + "; set MERAPI_DATA");
    JsonNode root = new JsonMapper().readTree(file);
    JsonNode setup = root.required("setup");
    return root.required("cases").properties().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(c.getKey(), () -> follow(setup, c.getKey(), c.getValue())));
  }

  private static void follow(JsonNode setup, String name, JsonNode c) {
    JsonNode init = setup.required("init");
    var model =
        Sequential.of(
            new Linear(
                parameter(init.required("0.weight(3x2 row-major)"), 3, 2),
                Optional.of(parameter(init.required("0.bias"), 3))),
            Sigmoid.of(),
            new Linear(
                parameter(init.required("2.weight(1x3)"), 1, 3),
                Optional.of(parameter(init.required("2.bias"), 1))),
            Sigmoid.of());
    Tensor x = Tensor.of(floats(setup.required("input(3x2 row-major)")), 3, 2);
    var optimization = Optimization.of(model, optimizer(name, c.required("options")));
    for (int i = 0; i <= 1000; i++) {
      optimization.step(model.apply(x).sum(), Mode.evaluation());
      if (c.has(Integer.toString(i))) {
        compare(c.required(Integer.toString(i)), List.copyOf(Parameters.of(model).values()), i);
      }
    }
  }

  private static void compare(JsonNode expected, List<Parameter> parameters, int iteration) {
    for (int p = 0; p < parameters.size(); p++) {
      float[] actual = parameters.get(p).toArray();
      for (int i = 0; i < actual.length; i++) {
        double e = expected.required(p).required(i).doubleValue();
        String place = "iteration %d, parameter %d, element %d".formatted(iteration, p, i);
        assertEquals(e, actual[i], ABSOLUTE + RELATIVE * Math.abs(e), place);
      }
    }
  }

  private static Optimizer optimizer(String name, JsonNode options) {
    double rate = options.required("lr").doubleValue();
    double decay = options.path("weight_decay").asDouble(0);
    return switch (name.replaceFirst("_.*", "")) {
      case "SGD" -> Sgd.of(rate).weightDecay(decay);
      case "Adam" -> Adam.of(rate).weightDecay(decay);
      case "RMSprop" -> RmsProp.of(rate).weightDecay(decay);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Parameter parameter(JsonNode values, int... shape) {
    return Parameter.of(Tensor.of(floats(values), shape));
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.required(i).floatValue();
    }
    return floats;
  }
}
