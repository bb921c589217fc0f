package dev.merapi.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LayersTest {
  private static Layer build(List<Integer> features, int outputs, String layers) {
    var text =
        """
        kind: training
        name: mine
        summary: a network of layers
        data: {kind: digits}
        model: {kind: layers, layers: %s}
        """
            .formatted(layers);
    var recipe = (Recipe.Training) Recipes.parse("my.yaml", text, List.of());
    assertEquals(recipe, Recipes.parse("again", recipe.yaml(), List.of()));
    return TrainingRun.build(recipe, new Signature(features, outputs, List.of(), List.of()));
  }

  @Test
  void aNetworkForPictures() {
    var model =
        build(
            List.of(1, 28, 28),
            10,
            "[{kind: convolution, channels: 32}, {kind: batch-norm}, {kind: function},"
                + " {kind: max-pooling}, {kind: convolution, channels: 64, kernel: 5},"
                + " {kind: avg-pooling}, {kind: flatten}, {kind: dropout, p: 0.2}, {kind: linear,"
                + " out: 128}, {kind: layer-norm}, {kind: function, activation: gelu}, {kind:"
                + " linear}]");
    long expected =
        (9 * 32 + 32) + 2 * 32 + (25 * 32 * 64 + 64) + (64 * 49 * 128 + 128) + 2 * 128 + 1290;
    assertEquals(expected, Parameters.count(model));
    assertEquals(Shape.of(2, 10), model.apply(Key.of(1).normal(2, 1, 28, 28)).shape());
    assertTrue(
        Parameters.of(model).containsKey("layers.0.weight"), Parameters.of(model).keySet() + "");
  }

  @Test
  void networksForSequences() {
    for (var kind : List.of("lstm", "gru")) {
      var model =
          build(
              List.of(12, 3),
              1,
              "[{kind: %s, hidden: 8}, {kind: last}, {kind: linear}]".formatted(kind));
      assertEquals(Shape.of(5, 1), model.apply(Key.of(1).normal(5, 12, 3)).shape());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{kind: linear, out: 5}] | the last layer gives (1, 28, 5) a sample, but 10 numbers are"
            + " wanted",
        "[{kind: flatten}, {kind: max-pooling}] | layer 2 (max-pooling) of samples (784,)",
        "[{kind: flatten}, {kind: convolution, channels: 3}] | layer 2 (convolution) of samples"
            + " (784,): a convolution wants",
        "[{kind: flaten}] | did you mean `flatten`?",
        "[{kind: linear, outs: 5}] | has no key `outs`; did you mean `out`?",
      })
  void mistakesNameTheLayer(String layers, String message) {
    var told =
        assertThrows(RecipeException.class, () -> build(List.of(1, 28, 28), 10, layers))
            .getMessage();
    assertTrue(told.contains(message), told);
  }
}
