package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.Compressed.Form;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Group;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Weights in a few bits are those of bitsandbytes; see compressed.py. */
class CompressedTest {
  private static final JsonNode GOLDEN =
      new ObjectMapper()
          .readTree(CompressedTest.class.getResourceAsStream("/golden/compressed.json"));

  private static float[] golden(String name) {
    var numbers = GOLDEN.get(name);
    float[] all = new float[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = numbers.get(i).floatValue();
    }
    return all;
  }

  private static float[] values(Tensor tensor) {
    return Step.compute(tensor).getFirst().toArray();
  }

  @Test
  void hasTheNumbersOfThePaper() {
    for (int i = 0; i < 16; i++) {
      assertEquals(GOLDEN.get("code").get(i).doubleValue(), Compressed.NF4.get(i), 2e-7);
    }
  }

  @Test
  void keepsAWeightAsBitsandbytesDoes() {
    var weight = Tensor.of(golden("weight"), 6, 32);
    var four = Compressed.of(weight, Form.NF4);
    assertArrayEquals(golden("greatest"), values(four.scales().getFirst()), 1e-7f);
    int[] places = new int[6 * 32];
    int[] codes = four.codes().toIntArray();
    for (int i = 0; i < codes.length; i++) {
      places[i / 32 * 64 + i % 32] = codes[i] & 15;
      places[i / 32 * 64 + i % 32 + 32] = codes[i] >> 4 & 15;
    }
    for (int i = 0; i < places.length; i++) {
      assertEquals(GOLDEN.get("places").get(i).intValue(), places[i], "number " + i);
    }
    assertArrayEquals(golden("nf4"), values(four.weight()), 1e-6f);
    assertArrayEquals(golden("int8"), values(Compressed.of(weight, Form.INT8).weight()), 1e-6f);
  }

  @Test
  void doubleCompressionChangesScalesLittle() {
    var weight = Key.of(1).normal(300, 70).mul(0.02); // no whole number of blocks of any kind
    float[] once = values(Compressed.of(weight, Form.NF4).weight());
    float[] twice = values(Compressed.of(weight, Form.NF4_DOUBLE).weight());
    assertEquals(300 * 70, twice.length);
    for (int i = 0; i < once.length; i++) {
      assertEquals(once[i], twice[i], 2e-4, "number " + i);
    }
    float[] plain = values(weight);
    double error = 0;
    for (int i = 0; i < plain.length; i++) {
      error += Math.abs(plain[i] - once[i]) / plain.length;
    }
    assertTrue(error < 0.0025, "a tenth of the deviation and a bit: " + error);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void trainsAdaptersThroughABaseThatIsSmall(Form form) {
    var block = TransformerBlock.of(64, 2, 128, Key.of(1));
    var adapted = Lora.of(4, 8).adapt(block, _ -> true, Key.of(4));
    var small = Lora.compressed(adapted, form, path -> !path.endsWith("down"));
    assertTrue(Parameters.of(small).containsKey("attention.projection.compressed.codes"));
    assertFalse(Parameters.of(small).containsKey("attention.projection.weight"));
    assertTrue(Parameters.of(small).containsKey("feedForward.down.weight"));
    var x = Key.of(2).normal(2, 5, 64);
    var y = Key.of(3).normal(2, 5, 64);

    // Values and gradients are those of the weights that the bits stand for.
    var plain = Rebuilding.linears(small, (_, l) -> plain(l));
    assertArrayEquals(values(plain.apply(x)), values(small.apply(x)), 1e-5f);
    assertArrayEquals(gradients(plain, x, y), gradients(small, x, y), 1e-5f);

    var training =
        Optimization.of(small, Adam.of(0.02), StepOptions.DEFAULT.group(Group.frozenBase()));
    float[] before = values(small.attention().projection().compressed().orElseThrow().weight());
    double first = 0;
    double last = 0;
    for (int i = 0; i < 40; i++) {
      var mode = Mode.training(Key.of(5).fold(i));
      last = training.step(Loss.mse().apply(small.apply(x, mode), y), mode).loss();
      first = i == 0 ? last : first;
    }
    assertTrue(last < 0.8 * first, first + " to " + last);
    assertArrayEquals(
        before, values(small.attention().projection().compressed().orElseThrow().weight()));

    // Merged, it is a model like any other.
    var merged = Lora.merged(small);
    assertEquals(Parameters.of(block).keySet(), Parameters.of(merged).keySet());
    assertArrayEquals(values(small.apply(x)), values(merged.apply(x)), 1e-4f);
    assertEquals(Parameters.of(block).keySet(), Parameters.of(Lora.without(small)).keySet());
  }

  private static Linear plain(Linear linear) {
    return linear
        .compressed()
        .map(
            small ->
                new Linear(
                    Parameter.of(small.weight()),
                    linear.bias(),
                    linear.adapters(),
                    Optional.empty()))
        .orElse(linear);
  }

  private static float[] gradients(Layer model, Tensor x, Tensor y) {
    var loss = Loss.mse().apply(model.apply(x, Mode.training(Key.of(9))), y);
    List<Tensor> flat = new ArrayList<>();
    Gradients.of(loss, List.copyOf(Lora.parameters(model).values()))
        .forEach(gradient -> flat.add(gradient.reshape(-1)));
    return values(Tensor.concat(0, flat));
  }

  @Test
  void takesAsManyBytesAsItShould() {
    int dim = 256;
    var weight = Parameter.of(Key.of(1).normal(dim, dim));
    int numbers = dim * dim;
    assertEquals(numbers + 4 * dim, Compressed.of(weight, Form.INT8).bytes());
    assertEquals(numbers / 2 + numbers / 64 * 4, Compressed.of(weight, Form.NF4).bytes());
    int blocks = numbers / 64;
    assertEquals(
        numbers / 2 + blocks + blocks / 256 * 4 + 4,
        Compressed.of(weight, Form.NF4_DOUBLE).bytes());

    // A step holds no weight longer than its product: eight layers need little more than two.
    long two = workspace(dim, 2);
    long eight = workspace(dim, 8);
    assertTrue(eight - two < 6L * numbers, two + " and " + eight);
  }

  /** Bytes that a step through some layers computes in, for a batch that is small beside them. */
  private static long workspace(int dim, int layers) {
    List<Layer> all = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      all.add(Linear.of(dim, dim, Key.of(i)));
    }
    var model =
        Lora.compressed(
            Lora.of(2, 4).adapt(new Sequential(all), _ -> true, Key.of(99)), Form.NF4, _ -> true);
    var training =
        Optimization.of(model, Adam.of(0.01), StepOptions.DEFAULT.group(Group.frozenBase()));
    var mode = Mode.training(Key.of(1));
    var x = Key.of(2).normal(2, dim);
    return training.workspace(Loss.mse().apply(model.apply(x, mode), x), mode);
  }

  @Test
  void refusesWhatIsNoMatrix() {
    assertThrows(MerapiException.class, () -> Compressed.of(Tensor.ones(3), Form.NF4));
  }
}
