package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Masked attention, attention to another sequence, against PyTorch's numbers; and positions. */
class AttentionGoldenTest {
  @TestFactory
  Stream<DynamicTest> attention() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/attention.json")),
        (c, inputs) -> {
          inputs.replaceAll((name, value) -> name.contains(".") ? Parameter.of(value) : value);
          Tensor x = inputs.get("x");
          Optional<Tensor> mask = Optional.ofNullable(inputs.get("mask"));
          int heads = c.attributes().integer("heads");
          Linear output = linear(inputs, "output");
          Mode mode = Mode.training(Key.of(1));
          if (c.op().equals("self")) {
            boolean causal = c.attributes().flag("causal");
            Linear projection = linear(inputs, "projection");
            var layer = new SelfAttention(projection, output, heads, heads, causal, 0);
            return Map.of("y", layer.apply(x, mask, mode));
          }
          var layer =
              new CrossAttention(
                  linear(inputs, "query"), linear(inputs, "keyValue"), output, heads, heads, 0);
          return Map.of("y", layer.apply(x, inputs.get("context"), mask, mode));
        });
  }

  private static Linear linear(Map<String, Tensor> inputs, String name) {
    return new Linear(
        (Parameter) inputs.get(name + ".weight"),
        Optional.of((Parameter) inputs.get(name + ".bias")));
  }

  @Test
  void headsOfQueriesShareThoseOfKeys() {
    Key key = Key.of(4);
    Linear q = Linear.of(6, 8, key.fold(0)); // 4 heads of 2
    Linear kv = Linear.of(5, 8, key.fold(1)); // 2 heads of keys, 2 of values
    Linear out = Linear.of(8, 6, key.fold(2));
    var grouped = new CrossAttention(q, kv, out, 4, 2, 0);
    Tensor x = key.fold(3).normal(2, 3, 6);
    Tensor context = key.fold(4).normal(2, 7, 5);
    var w = kv.weight();
    var twice =
        Tensor.concat(
            0,
            IntStream.of(0, 0, 1, 1, 2, 2, 3, 3)
                .mapToObj(h -> w.slice(0, 2 * h, 2 * h + 2))
                .toList());
    var all =
        new CrossAttention(q, new Linear(Parameter.of(twice), Optional.empty()), out, 4, 4, 0);
    Tensor y = grouped.apply(x, context, Optional.empty(), Mode.evaluation());
    Tensor z =
        new CrossAttention(q, kv.withoutBias(), out, 4, 2, 0)
            .apply(x, context, Optional.empty(), Mode.evaluation());
    assertEquals(Shape.of(2, 3, 6), y.shape());
    Tensor expected = all.apply(x, context, Optional.empty(), Mode.evaluation());
    assertEquals(0, z.sub(expected).abs().max().item(), 1e-6);
    assertThrows(MerapiException.class, () -> new CrossAttention(q, kv, out, 4, 3, 0));
    assertThrows(MerapiException.class, () -> CrossAttention.of(6, 5, 4, key));
  }

  @Test
  void onlyCausalAttentionGoesOnFromAMemory() {
    var layer = SelfAttention.of(4, 2, Key.of(1));
    Tensor x = Tensor.ones(1, 2, 4);
    var pass = Memory.of(4).next(2);
    assertThrows(MerapiException.class, () -> layer.apply(x, pass));
    assertEquals(x.shape(), layer.causal(true).apply(x, pass).shape());
  }

  @Test
  void positionsAreSinesAndCosines() {
    float[] y = SinusoidalPositions.of(6).apply(Tensor.ones(1, 50, 6)).toArray();
    for (int p = 0; p < 50; p++) {
      for (int i = 0; i < 3; i++) {
        double angle = p / Math.pow(10_000, 2.0 * i / 6);
        assertEquals(1 + Math.sin(angle), y[6 * p + 2 * i], 1e-5);
        assertEquals(1 + Math.cos(angle), y[6 * p + 2 * i + 1], 1e-5);
      }
    }
    var memory = Memory.of(50);
    memory.next(48).run();
    var pass = memory.next(2);
    float[] last = SinusoidalPositions.of(6).apply(Tensor.ones(1, 2, 6), pass).toArray();
    assertArrayEquals(Arrays.copyOfRange(y, 48 * 6, 300), last, 1e-6f);
    assertThrows(MerapiException.class, () -> SinusoidalPositions.of(5));
  }
}
