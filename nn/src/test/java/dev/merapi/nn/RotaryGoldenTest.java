package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Attention that knows of positions, and gated networks, against transformers' numbers. */
class RotaryGoldenTest {
  @TestFactory
  Stream<DynamicTest> positions() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/rotary.json")),
        (c, inputs) -> {
          inputs.replaceAll(
              (name, value) -> List.of("x", "mask").contains(name) ? value : Parameter.of(value));
          Tensor x = inputs.get("x");
          Mode mode = Mode.training(Key.of(1));
          Tensor y =
              switch (c.op()) {
                case "rotary" ->
                    rotary(c.attributes(), inputs)
                        .apply(x, Optional.ofNullable(inputs.get("mask")), mode);
                case "alibi" -> {
                  int heads = c.attributes().integer("heads");
                  boolean causal = c.attributes().flag("causal");
                  yield new SelfAttention(
                          linear(inputs, "projection"),
                          linear(inputs, "output"),
                          heads,
                          heads,
                          causal,
                          0)
                      .positions(Alibi.of())
                      .apply(x, mode);
                }
                case "gated" ->
                    new GatedFeedForward(
                            weight(inputs, "gate"),
                            weight(inputs, "up"),
                            Silu.of(),
                            weight(inputs, "down"))
                        .apply(x, mode);
                default -> throw new IllegalArgumentException(c.op());
              };
          return Map.of("y", y);
        });
  }

  private static SelfAttention rotary(Attributes o, Map<String, Tensor> inputs) {
    var turned = new Rotary(o.integer("headDim"), o.number("rope_theta"), scaling(o));
    var attention =
        new SelfAttention(
                linear(inputs, "projection"),
                linear(inputs, "output"),
                o.integer("heads"),
                o.integer("kvHeads"),
                true,
                0)
            .positions(turned);
    if (inputs.containsKey("norms.query.weight")) {
      attention =
          attention.norms(
              new SelfAttention.HeadNorms(
                  new RmsNorm((Parameter) inputs.get("norms.query.weight"), 1e-6),
                  new RmsNorm((Parameter) inputs.get("norms.key.weight"), 1e-6)));
    }
    return o.integer("window") == 0 ? attention : attention.window(o.integer("window"));
  }

  private static RotaryScaling scaling(Attributes o) {
    return switch (o.text("rope_type")) {
      case "default" -> new RotaryScaling.Unscaled();
      case "linear" -> new RotaryScaling.Interpolated(o.number("factor"));
      case "dynamic" -> new RotaryScaling.Dynamic(o.number("factor"), o.integer("context"));
      case "llama3" ->
          new RotaryScaling.Llama3(
              o.number("factor"),
              o.number("low_freq_factor"),
              o.number("high_freq_factor"),
              o.integer("original_max_position_embeddings"));
      case "yarn" -> {
        double factor = o.number("factor");
        yield new RotaryScaling.Yarn(
            factor,
            o.integer("original_max_position_embeddings"),
            o.number("beta_fast"),
            1,
            o.has("attention_factor")
                ? o.number("attention_factor")
                : RotaryScaling.Yarn.of(factor, 32).magnitude(),
            !o.has("truncate"));
      }
      default -> throw new IllegalArgumentException(o.text("rope_type"));
    };
  }

  private static Linear linear(Map<String, Tensor> inputs, String name) {
    return new Linear(
        (Parameter) inputs.get(name + ".weight"),
        Optional.ofNullable((Parameter) inputs.get(name + ".bias")));
  }

  private static Linear weight(Map<String, Tensor> inputs, String name) {
    return new Linear((Parameter) inputs.get(name), Optional.empty());
  }

  /** What is read in pieces is what is read at once, through window, norms and either positions. */
  @Test
  void goOnFromAMemory() {
    var plain =
        new SelfAttention(Linear.of(8, 32, Key.of(1)), Linear.of(16, 8, Key.of(2)), 4, 2, true, 0);
    var turned = plain.positions(Rotary.of(4).base(50)).norms(SelfAttention.HeadNorms.of(4));
    for (var layer : List.of(turned, turned.window(3), plain.positions(Alibi.of()).window(4))) {
      Tensor x = Key.of(3).normal(2, 9, 8);
      Tensor whole = layer.apply(x);
      var memory = Memory.of(16);
      int at = 0;
      for (int times : new int[] {4, 1, 3, 1}) {
        var pass = memory.next(times);
        Tensor piece = pass.run(layer.apply(x.slice(1, at, at + times), pass)).getFirst();
        assertEquals(0, piece.sub(whole.slice(1, at, at + times)).abs().max().item(), 1e-5);
        at += times;
      }
    }
  }

  @Test
  void refuseWhatTheyCannotDo() {
    assertThrows(MerapiException.class, () -> Rotary.of(5));
    assertThrows(MerapiException.class, () -> SelfAttention.of(4, 2, Key.of(1)).window(0));
  }
}
