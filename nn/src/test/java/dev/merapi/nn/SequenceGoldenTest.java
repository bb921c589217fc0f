package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Layers over sequences with given weights, values and gradients, against PyTorch's numbers. */
class SequenceGoldenTest {
  @TestFactory
  Stream<DynamicTest> sequences() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/sequences.json")),
        (c, inputs) -> {
          inputs.replaceAll((name, value) -> name.equals("x") ? value : Parameter.of(value));
          Attributes o = c.attributes();
          Layer layer =
              switch (c.op()) {
                case "self_attention" ->
                    attention(inputs, "", o.integer("heads"), o.flag("causal"));
                case "transformer_block" -> block(inputs, o);
                case "lstm" ->
                    new Lstm(
                        IntStream.range(0, o.integer("layers"))
                            .mapToObj(i -> lstm(inputs, i))
                            .toList(),
                        Dropout.of(0));
                default -> throw new IllegalArgumentException(c.op());
              };
          return Map.of("y", layer.apply(inputs.get("x"), Mode.training(Key.of(1))));
        });
  }

  private static Parameter parameter(Map<String, Tensor> inputs, String name) {
    return (Parameter) inputs.get(name);
  }

  private static Linear linear(Map<String, Tensor> inputs, String weight, String bias) {
    return new Linear(parameter(inputs, weight), Optional.of(parameter(inputs, bias)));
  }

  private static SelfAttention attention(
      Map<String, Tensor> inputs, String prefix, int heads, boolean causal) {
    return new SelfAttention(
        linear(inputs, prefix + "in_proj_weight", prefix + "in_proj_bias"),
        linear(inputs, prefix + "out_proj.weight", prefix + "out_proj.bias"),
        heads,
        heads,
        causal,
        0);
  }

  private static TransformerBlock block(Map<String, Tensor> inputs, Attributes o) {
    var block =
        new TransformerBlock(
            norm(inputs, "norm1"),
            attention(inputs, "self_attn.", o.integer("heads"), false),
            norm(inputs, "norm2"),
            new FeedForward(
                linear(inputs, "linear1.weight", "linear1.bias"),
                Gelu.of(),
                linear(inputs, "linear2.weight", "linear2.bias")),
            TransformerBlock.Placement.PRE_NORM,
            Dropout.of(0));
    return o.flag("pre_norm") ? block : block.postNorm();
  }

  private static LayerNorm norm(Map<String, Tensor> inputs, String name) {
    return new LayerNorm(
        parameter(inputs, name + ".weight"), Optional.of(parameter(inputs, name + ".bias")), 1e-5);
  }

  private static LstmLayer lstm(Map<String, Tensor> inputs, int layer) {
    return new LstmLayer(
        parameter(inputs, "weight_ih_l" + layer),
        parameter(inputs, "weight_hh_l" + layer),
        parameter(inputs, "bias_ih_l" + layer),
        parameter(inputs, "bias_hh_l" + layer));
  }

  @Test
  void queriesThatShareKeysAreThoseOfRepeatedKeys() {
    int dim = 8;
    Key key = Key.of(5);
    Linear projection = Linear.of(dim, (4 + 2 * 2) * 2, key.fold(0)); // 4 heads of 2, keys for 2
    Linear output = Linear.of(dim, dim, key.fold(1));
    Tensor x = key.fold(2).normal(2, 3, dim);
    var grouped = new SelfAttention(projection, output, 4, 2, true, 0);
    var w = projection.weight();
    var b = projection.bias().orElseThrow();
    var repeated =
        new SelfAttention(
            new Linear(Parameter.of(repeat(w)), Optional.of(Parameter.of(repeat(b)))),
            output,
            4,
            4,
            true,
            0);
    assertEquals(0, grouped.apply(x).sub(repeated.apply(x)).abs().max().item(), 1e-6);
  }

  /** Rows of 4 heads of queries, 2 of keys and 2 of values: each of the latter twice. */
  private static Tensor repeat(Tensor rows) {
    int[] heads = {0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7};
    List<Tensor> all = IntStream.of(heads).mapToObj(h -> rows.slice(0, 2 * h, 2 * h + 2)).toList();
    return Tensor.concat(0, all);
  }
}
