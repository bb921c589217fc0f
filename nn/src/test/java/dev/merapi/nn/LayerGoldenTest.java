package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole layers with given weights, values and gradients, against PyTorch's numbers. */
class LayerGoldenTest {
  private static final Set<String> STATE = Set.of("running_mean", "running_var");

  @TestFactory
  Stream<DynamicTest> layers() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/layers.json")),
        (c, inputs) -> {
          inputs.replaceAll((name, value) -> name.equals("x") ? value : parameter(name, value));
          return c.op().startsWith("batch_norm")
              ? batchNorm(c.attributes(), inputs)
              : Map.of("y", layer(c, inputs).apply(inputs.get("x")));
        });
  }

  private static Parameter parameter(String name, Tensor value) {
    return STATE.contains(name) ? Parameter.state(value) : Parameter.of(value);
  }

  private static Parameter parameter(Map<String, Tensor> inputs, String name) {
    return (Parameter) inputs.get(name);
  }

  private static Layer layer(Case c, Map<String, Tensor> inputs) {
    Attributes o = c.attributes();
    Parameter weight = parameter(inputs, "weight");
    var bias = Optional.ofNullable(parameter(inputs, "bias"));
    return switch (c.op()) {
      case "linear" -> new Linear(weight, bias);
      case "conv1d", "conv2d", "conv3d" -> new Conv(weight, bias, options(o));
      case "conv_transpose1d", "conv_transpose2d", "conv_transpose3d" ->
          new ConvTranspose(weight, bias, options(o).outputPadding(o.integers("output_padding")));
      case "embedding" ->
          new Embedding(
              weight,
              o.has("padding_index")
                  ? OptionalInt.of(o.integer("padding_index"))
                  : OptionalInt.empty());
      case "layer_norm" -> new LayerNorm(weight, bias, o.number("eps"));
      case "rms_norm" -> new RmsNorm(weight, o.number("eps"));
      case "group_norm" ->
          new GroupNorm(o.integer("groups"), weight, bias.orElseThrow(), o.number("eps"));
      default -> throw new IllegalArgumentException(c.op());
    };
  }

  private static ConvOptions options(Attributes o) {
    List<int[]> sides = o.rows("padding");
    int[] padding = sides.stream().mapToInt(side -> side[0]).toArray();
    return ConvOptions.DEFAULT
        .stride(o.integers("stride"))
        .padding(padding)
        .dilation(o.integers("dilation"))
        .groups(o.integer("groups"));
  }

  private static Map<String, Tensor> batchNorm(Attributes o, Map<String, Tensor> inputs) {
    Parameter mean = parameter(inputs, "running_mean");
    Parameter variance = parameter(inputs, "running_var");
    var layer =
        new BatchNorm(
            parameter(inputs, "weight"),
            parameter(inputs, "bias"),
            mean,
            variance,
            o.number("momentum"),
            o.number("eps"));
    Mode mode = o.flag("training") ? Mode.training(Key.of(1)) : Mode.evaluation();
    Map<String, Tensor> outputs = new HashMap<>();
    outputs.put("y", layer.apply(inputs.get("x"), mode));
    outputs.put("running_mean", mean);
    outputs.put("running_var", variance);
    assertEquals(o.flag("training") ? 2 : 0, mode.updates().size());
    for (var update : mode.updates()) {
      outputs.put(update.target().equals(mean) ? "running_mean" : "running_var", update.value());
    }
    return outputs;
  }
}
