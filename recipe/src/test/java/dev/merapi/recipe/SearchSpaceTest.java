package dev.merapi.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SearchSpaceTest {
  @TempDir Path folder;

  private static Recipe.Training digits() {
    return (Recipe.Training) Recipes.load("digits", List.of());
  }

  private static SearchSpace inline(String... sources) {
    return SearchSpace.parse(List.of(sources), digits());
  }

  private SearchSpace file(String text) throws IOException {
    var file = Files.writeString(folder.resolve("space.yaml"), text);
    return SearchSpace.parse(List.of(file.toString()), digits());
  }

  @Test
  void aGridHasEveryCombination() throws IOException {
    var space =
        file(
            """
            training.optimizer.learning_rate: {from: 1e-4, to: 1e-1, scale: log, steps: 4}
            training.batch: [16, 32, 64]
            model.hidden: [[16], [32, 32]]
            """);
    var grid = space.grid();
    assertEquals(4 * 3 * 2, grid.size());
    assertEquals(24, new HashSet<>(grid.stream().map(space::plain).toList()).size());
    var rates =
        grid.stream()
            .map(values -> space.plain(values).get("training.optimizer.learning_rate"))
            .distinct()
            .toList();
    assertEquals(List.of(1e-4, 1e-3, 1e-2, 1e-1), rates);
    var last = space.recipe(grid.getLast());
    assertEquals(64, last.training().batch());
    assertTrue(last.yaml().contains("hidden: [32, 32]"), last.yaml());
    assertTrue(last.yaml().contains("learning_rate: 0.1"), last.yaml());
  }

  @Test
  void aSpaceReadsWhatItWrites() throws IOException {
    var space =
        file(
            """
            training.optimizer.learning_rate: {from: 1e-4, to: 1e-1, scale: log}
            training.optimizer: [{kind: sgd, momentum: 0.9}, {kind: adam}]
            training.epochs: {from: 2, to: 5}
            """);
    var again = file(space.yaml());
    assertEquals(space.yaml(), again.yaml());
    var drawn = space.random(6, 3).stream().map(space::plain).toList();
    assertEquals(drawn, again.random(6, 3).stream().map(again::plain).toList());
    assertEquals(drawn.subList(0, 4), space.random(4, 3).stream().map(space::plain).toList());
  }

  @Test
  void whatChanceDrawsLiesInTheRange() {
    var space =
        inline(
            "training.optimizer.learning_rate={from: 1e-4, to: 1, scale: log}",
            "training.batch={from: 8, to: 11}",
            "model.dropout={from: 0, to: 0.5}");
    int[] batches = new int[4];
    int small = 0;
    for (var values : space.random(400, 1)) {
      var recipe = space.recipe(values);
      batches[recipe.training().batch() - 8]++;
      double rate = (double) space.plain(values).get("training.optimizer.learning_rate");
      assertTrue(rate >= 1e-4 && rate <= 1, "" + rate);
      small += rate < 1e-2 ? 1 : 0;
    }
    // A quarter each, and half below the middle of the logarithms: five standard deviations.
    Arrays.stream(batches).forEach(count -> assertEquals(100, count, 45));
    assertEquals(200, small, 50);
  }

  @Test
  void aFiniteSpaceIsTriedAsAWhole() {
    var space = inline("training.batch={from: 8, to: 10, steps: 2}", "model.hidden=[4],[5]");
    assertEquals(6, space.random(20, 1).size());
    var five = space.random(5, 1);
    assertEquals(5, new HashSet<>(five.stream().map(space::plain).toList()).size());
    assertEquals(4, space.grid().size(), "a grid takes its steps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.bach: [1, 2] | space.yaml:1:1: `training` has no key `bach`; did you mean"
            + " `batch`?",
        "trainig.batch: [1, 2] | space.yaml:1:1: the recipe has no key `trainig`; did you mean"
            + " `training`?",
        "training.batch: [8, 0] | space.yaml:1:21: `training.batch` cannot be `0`; give at least 1",
        "training.batch: [8, many] | space.yaml:1:21: `training.batch` cannot be `many`",
        "training.batch: 8 | space.yaml:1:1: `training.batch` is not searched so; give a list",
        "training.batch: [] | give a list of choices",
        "training.batch: {from: 8, too: 9} | space.yaml:1:27: `training.batch` has no key `too`;"
            + " did you mean `to`?",
        "training.batch: {from: 8, to: 9.5} | `training.batch` cannot be `9.5`; give a whole"
            + " number",
        "training.batch: {from: 0, to: 9} | `training.batch` cannot be `0`; give at least 1",
        "training.batch: {from: 9, to: 8} | space.yaml:1:17: a range from 9.0 to 8.0 is empty",
        "model.dropout: {from: 0, to: 0.5, scale: log} | the logarithm of 0.0 is not finite",
        "model.dropout: {from: 0, to: 0.5, scale: lgo} | did you mean `log`?",
        "training.loss: {from: 0, to: 1} | `training.loss` cannot be `0`",
        "training.optimizer.learning_rate: [0.1, -1] | space.yaml:1:41:"
            + " `training.optimizer.learning_rate` cannot be `-1`",
        "[1, 2] | a space is a mapping",
      })
  void mistakesAreToldWhereTheyAre(String text, String message) {
    var error = assertThrows(RecipeException.class, () -> file(text));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void mistakesInTheCommandAreToldThere() {
    var error = assertThrows(RecipeException.class, () -> inline("training.batch=8,0"));
    assertTrue(
        error.getMessage().startsWith("--space training.batch=8,0: `training.batch` cannot be `0`"),
        error.getMessage());
    error =
        assertThrows(RecipeException.class, () -> inline("training.batch=8", "training.batch=9"));
    assertTrue(error.getMessage().contains("is there twice"), error.getMessage());
    assertThrows(RecipeException.class, () -> SearchSpace.parse(List.of(), digits()));
    var endless = inline("model.dropout={from: 0, to: 0.5}");
    error = assertThrows(RecipeException.class, endless::grid);
    assertTrue(error.getMessage().contains("add `steps: 5`"), error.getMessage());
    var many = inline("training.batch={from: 1, to: 200}", "training.epochs={from: 1, to: 200}");
    error = assertThrows(RecipeException.class, many::grid);
    assertTrue(error.getMessage().contains("more than 10000"), error.getMessage());
  }
}
