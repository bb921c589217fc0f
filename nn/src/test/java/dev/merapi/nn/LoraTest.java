package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.optim.Adam;
import dev.merapi.optim.Group;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters learn, the model that they are put on stays as it is, and merging changes nothing. */
class LoraTest {
  private final TransformerBlock block = TransformerBlock.of(16, 2, 32, Key.of(1));
  private final Tensor x = Key.of(2).normal(2, 5, 16);
  private final Tensor y = Key.of(3).normal(2, 5, 16);

  private static float[] values(Tensor tensor) {
    return Step.compute(tensor).getFirst().toArray();
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true"})
  void trainsAdaptersAlone(boolean stabilised, boolean decomposed) {
    var lora = Lora.of(4, 8).dropout(0.1).stabilised(stabilised).decomposed(decomposed);
    var adapted = lora.adapt(block, name -> !name.equals("attention.output"), Key.of(4));
    assertArrayEquals(values(block.apply(x)), values(adapted.apply(x)), 1e-6f);
    assertEquals(stabilised ? 4 : 2, lora.scale());
    assertEquals(3, Lora.adapters(adapted).size());

    var before =
        Parameters.of(block).entrySet().stream()
            .collect(Collectors.toMap(e -> e.getKey(), e -> values(e.getValue())));
    var training =
        Optimization.of(adapted, Adam.of(0.02), StepOptions.DEFAULT.group(Group.frozenBase()));
    double first = 0;
    double last = 0;
    for (int i = 0; i < 60; i++) {
      var mode = Mode.training(Key.of(5).fold(i));
      last = training.step(Loss.mse().apply(adapted.apply(x, mode), y), mode).loss();
      first = i == 0 ? last : first;
    }
    assertTrue(last < 0.7 * first, first + " to " + last);
    Parameters.of(block).forEach((name, p) -> assertArrayEquals(before.get(name), values(p), name));
    Lora.parameters(adapted)
        .forEach((name, p) -> assertTrue(p.trained() && name.contains(".adapters.0."), name));

    float[] with = values(adapted.apply(x));
    assertNotEquals(values(block.apply(x))[0], with[0]);
    assertArrayEquals(with, values(Lora.merged(adapted).apply(x)), 1e-5f);
    assertEquals(Parameters.of(block).keySet(), Parameters.of(Lora.merged(adapted)).keySet());
    assertEquals(Parameters.of(block), Parameters.of(Lora.without(adapted)));
  }

  @Test
  void adaptsRowsOfALayer() {
    var lora = Lora.of(2, 2);
    var rows = List.of(new Lora.Rows(0, 16), new Lora.Rows(32, 48));
    var adapted =
        lora.adaptRows(
            block, path -> path.equals("attention.projection") ? rows : List.of(), Key.of(4));
    Lora.parameters(adapted).values().forEach(p -> p.assign(Key.of(6).normal(p.shape().toArray())));
    var base = adapted.attention().projection();
    float[] plain = values(block.attention().projection().apply(x));
    float[] changed = values(base.apply(x));
    for (int i = 0; i < plain.length; i++) {
      int row = i % 48;
      boolean same = plain[i] == changed[i];
      assertEquals(row >= 16 && row < 32, same, "row " + row);
    }
    assertArrayEquals(
        changed, values(Lora.merged(adapted).attention().projection().apply(x)), 1e-5f);
  }

  @Test
  void tellsTheNamesThatThereAre() {
    var lora = Lora.of(2, 2);
    var e =
        assertThrows(MerapiException.class, () -> lora.adapt(block, "query"::equals, Key.of(4)));
    assertTrue(e.getMessage().contains("attention.projection"), e.getMessage());
    assertThrows(MerapiException.class, () -> Lora.of(0, 1));
    assertThrows(MerapiException.class, () -> Lora.of(1, 0));
    assertThrows(MerapiException.class, () -> Lora.of(1, 1).dropout(1));
    assertSame(block, Lora.without(block));
  }
}
