package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.graph.Ints;
import dev.merapi.nn.Init.Fan;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class InitTest {
  @TestFactory
  Stream<DynamicTest> drawsHavePyTorchsBoundsAndDeviations() {
    return Golden.read(getClass().getResourceAsStream("/golden/init.json")).stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private static void check(Case c) {
    if (c.op().equals("gain")) {
      double expected = c.outputs().get("gain").values().getFirst();
      assertEquals(expected, gain(c.attributes(), "parameter"), 1e-8);
      return;
    }
    double[] values = manyValues(draws(c));
    double mean = 0;
    double squares = 0;
    double greatest = 0;
    for (double value : values) {
      mean += value / values.length;
      squares += value * value / values.length;
      greatest = Math.max(greatest, Math.abs(value));
    }
    double deviation = c.outputs().get("std").values().getFirst();
    assertEquals(0, mean, 0.05 * deviation);
    assertEquals(1, Math.sqrt(squares - mean * mean) / deviation, 0.03);
    if (c.outputs().containsKey("bound")) {
      double bound = c.outputs().get("bound").values().getFirst();
      assertTrue(greatest <= bound * (1 + 1e-6) && greatest > 0.99 * bound, "" + greatest);
    }
  }

  /** Enough numbers to tell a wrong formula from chance. */
  private static double[] manyValues(Function<Key, Tensor> draw) {
    List<Tensor> parts = new ArrayList<>();
    long count = 0;
    for (int i = 0; count < 20000; i++) {
      Tensor part = draw.apply(Key.of(7).fold(i)).reshape(-1);
      parts.add(part);
      count += part.shape().elements();
    }
    float[] floats = Tensor.concat(0, parts).toArray();
    double[] values = new double[floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  private static Function<Key, Tensor> draws(Case c) {
    Attributes o = c.attributes();
    Init init =
        switch (c.op()) {
          case "xavier_uniform" -> Init.xavierUniform(o.number("gain"));
          case "xavier_normal" -> Init.xavierNormal(o.number("gain"));
          case "kaiming_uniform" -> Init.kaimingUniform(gain(o, "slope"), fan(o));
          case "kaiming_normal" -> Init.kaimingNormal(gain(o, "slope"), fan(o));
          case "truncated_normal" -> Init.truncatedNormal(0, o.number("std"), o.number("cut"));
          case "default" -> (key, _) -> Parameters.of(fresh(o, key)).get(o.text("parameter"));
          default -> throw new IllegalArgumentException(c.op());
        };
    Shape shape = o.has("shape") ? Shape.of(o.integers("shape")) : Shape.of(50, 20);
    return key -> init.draw(key, shape);
  }

  private static Layer fresh(Attributes o, Key key) {
    return switch (o.text("layer")) {
      case "linear" -> Linear.of(o.integer("in"), o.integer("out"), key);
      case "embedding" -> Embedding.of(o.integer("count"), o.integer("dim"), key);
      case "conv1d", "conv2d", "conv3d" ->
          Conv.of(
              o.integer("in"),
              o.integer("out"),
              Ints.of(o.integers("kernel")),
              ConvOptions.DEFAULT,
              key);
      case "conv_transpose2d" ->
          ConvTranspose.of(
              o.integer("in"),
              o.integer("out"),
              Ints.of(o.integers("kernel")),
              ConvOptions.DEFAULT,
              key);
      default -> throw new IllegalArgumentException(o.text("layer"));
    };
  }

  private static Fan fan(Attributes o) {
    return o.text("mode").equals("fan_in") ? Fan.IN : Fan.OUT;
  }

  private static double gain(Attributes o, String slope) {
    return switch (o.text("nonlinearity")) {
      case "linear", "sigmoid" -> Gain.LINEAR;
      case "tanh" -> Gain.TANH;
      case "relu" -> Gain.RELU;
      case "selu" -> Gain.SELU;
      case "leaky_relu" -> Gain.leakyRelu(o.number(slope));
      default -> throw new IllegalArgumentException(o.text("nonlinearity"));
    };
  }

  @Test
  void inverseErfUndoesErf() {
    float[] points = {-2.8f, -1.7f, -0.3f, -1e-3f, 0, 0.5f, 1.2f, 2.1f, 2.9f};
    Tensor x = Tensor.of(points);
    assertArrayEquals(points, TruncatedNormal.inverseErf(x.erf()).toArray(), 0.03f);
    assertArrayEquals(
        new float[] {0.5f, -0.99f},
        TruncatedNormal.inverseErf(Tensor.of(new float[] {0.5f, -0.99f})).erf().toArray(),
        1e-6f);
  }

  @Test
  void orthogonalMatricesAreOrthogonal() {
    for (int[] shape : new int[][] {{6, 6}, {3, 8}, {8, 3}, {4, 2, 3}}) {
      Tensor q = Init.orthogonal(2).draw(Key.of(3), Shape.of(shape)).flatten(1, -1);
      boolean wide = q.shape().size(0) <= q.shape().size(1);
      Tensor gram = wide ? q.matmul(q.mT()) : q.mT().matmul(q);
      int n = gram.shape().size(0);
      assertArrayEquals(Tensor.eye(n).mul(4).toArray(), gram.toArray(), 1e-5f);
    }
  }

  @Test
  void theSameKeyDrawsTheSameAndAnotherDoesNot() {
    Linear a = Linear.of(3, 2, Key.of(1));
    assertArrayEquals(a.weight().toArray(), Linear.of(3, 2, Key.of(1)).weight().toArray());
    assertTrue(a.weight().ne(Linear.of(3, 2, Key.of(2)).weight()).all().item() == 1);
    Parameter bias = Linear.of(3, 2, Init.constant(0.5), Key.of(1)).bias().orElseThrow();
    assertArrayEquals(new float[2], bias.toArray());
  }

  @Test
  void aVectorHasNoFans() {
    var e =
        assertThrows(ShapeException.class, () -> Init.xavierNormal(1).draw(Key.of(1), Shape.of(4)));
    assertTrue(e.getMessage().contains("(4,)"), e.getMessage());
  }
}
