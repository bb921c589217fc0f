package dev.merapi.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.optim.Adagrad;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Lion;
import dev.merapi.optim.RmsProp;
import dev.merapi.optim.Sgd;
import dev.merapi.recipe.OptimizerSettings.Adam;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecipesTest {
  private static final String TEXT =
      """
      kind: training
      name: mine
      summary: a recipe of my own
      data: {kind: digits, train: 10}
      model:
        kind: mlp
        hidden: [5, 6]
      """;

  private static Recipe.Training parse(String text, String... overrides) {
    return (Recipe.Training) Recipes.parse("my.yaml", text, List.of(overrides));
  }

  private static String error(String text, String... overrides) {
    return assertThrows(RecipeException.class, () -> parse(text, overrides)).getMessage();
  }

  @Test
  void everyRecipeReadsWellAndIsWrittenWithAllOfIt() {
    for (var recipe : Recipes.all()) {
      assertEquals(recipe, Recipes.parse("again", recipe.yaml(), List.of()), recipe.name());
      assertFalse(recipe.expected().isBlank(), recipe.name());
    }
  }

  @Test
  void whatIsLeftOutHasADefaultThatIsWritten() {
    var recipe = parse(TEXT);
    assertEquals(10, recipe.training().epochs());
    assertEquals(new Adam(0.001, 0.9, 0.999, 1e-8, 0, false), recipe.training().optimizer());
    assertEquals(Optional.empty(), recipe.training().clipNorm());
    var yaml = recipe.yaml();
    for (var key : List.of("seed: 1", "learning_rate: 0.001", "clip_norm: null", "dropout: 0.0")) {
      assertTrue(yaml.contains(key), yaml);
    }
  }

  @Test
  void settingsReplaceThoseOfTheRecipe() {
    var recipe =
        parse(
            TEXT,
            "model.hidden=[7]",
            "training.optimizer={kind: sgd, learning_rate: 0.5}",
            "training.optimizer.momentum=0.9",
            "training.early_stopping.patience=3",
            "training.clip_norm=2",
            "seed=9");
    assertEquals(
        new ModelSettings.Mlp(List.of(7), ModelSettings.Activation.RELU, 0), recipe.model());
    assertEquals(new OptimizerSettings.Sgd(0.5, 0.9, 0, false, 0), recipe.training().optimizer());
    assertEquals(3, recipe.training().earlyStopping().orElseThrow().patience());
    assertEquals(Optional.of(2.0), recipe.training().clipNorm());
    assertEquals(9, recipe.seed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden: [5, 6] | hiden: [5, 6] | my.yaml:7:3: `model` has no key `hiden`; did you mean"
            + " `hidden`?",
        "summary: | sumary: | my.yaml:3:1: the recipe has no key `sumary`; did you mean `summary`?",
        "hidden: [5, 6] | hidden: many | my.yaml:7:11: `model.hidden` cannot be `many`; give a"
            + " list",
        "hidden: [5, 6] | hidden: [5, x] | my.yaml:7:15: `model.hidden` cannot be `x`; give a whole"
            + " number",
        "hidden: [5, 6] | hidden: [5, 0] | my.yaml:7:15: `model.hidden` cannot be `0`; give at"
            + " least 1",
        "hidden: [5, 6] | dropout: 1.5 | `model.dropout` cannot be `1.5`; give a number from 0 to"
            + " 0.99",
        "hidden: [5, 6] | dropout: .nan | `model.dropout` cannot be `.nan`; give a number",
        "hidden: [5, 6] | activation: relo | `model.activation` cannot be `relo`; did you mean"
            + " `relu`?",
        "kind: mlp | kind: mpl | my.yaml:6:9: `model` cannot be of the kind `mpl`; did you mean"
            + " `mlp`?",
        "kind: mlp | dropout: 0 | `model` has no `kind`; it is one of mlp, cnn, resnet,"
            + " autoencoder",
        "hidden: [5, 6] | kind: cnn | the key `kind` is there twice",
        "name: mine | name: a/b | the name `a/b` cannot begin a folder's",
        "name: mine | seed: 2 | my.yaml:1:1: `name` is missing",
        "train: 10 | train: 1.5 | `data.train` cannot be `1.5`; give a whole number",
        "{kind: digits, train: 10} | digits | `data` cannot be `digits`; give a mapping",
        "hidden: [5, 6] | hidden: [5, 6 | this is not YAML",
      })
  void aWrongRecipeIsToldWhereAndWhy(String right, String wrong, String message) {
    var told = error(TEXT.replace(right, wrong));
    assertTrue(told.contains(message), told);
    assertTrue(told.startsWith("my.yaml"), told);
    assertEquals(1, told.lines().count(), told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.epoch=3 | `training` has no key `epoch`; did you mean `epochs`?",
        "trainig.epochs=3 | the recipe has no key `trainig`; did you mean `training`?",
        "training.epochs=0 | `training.epochs` cannot be `0`; give at least 1",
        "training.epochs=3.5 | `training.epochs` cannot be `3.5`; give a whole number",
        "training.optimizer.kind=adm | `training.optimizer` cannot be of the kind `adm`",
        "training.schedule.gamma=2 | `training.schedule` has no `kind`",
        "evaluation.best_by=accuracy | `evaluation.best_by` is not measured",
        "training.epochs | write key=value",
        "=3 | write key=value",
        "model.hidden=[1 | this is not YAML",
      })
  void aWrongSettingIsToldTheSameWay(String assignment, String message) {
    var told = error(TEXT, assignment);
    assertTrue(told.startsWith("--set " + assignment + ": "), told);
    assertTrue(told.contains(message), told);
  }

  @Test
  void everyRuleAndScheduleCanBeChosen() {
    var optimizers =
        Map.of(
            "{kind: sgd, momentum: 0.9, nesterov: true}",
            Sgd.of(0.01).nesterov(0.9),
            "{kind: adamw, amsgrad: true}",
            AdamW.of(1e-3).withAmsgrad(),
            "{kind: rmsprop, centered: true}",
            RmsProp.of(0.01).centring(),
            "{kind: adagrad, rate_decay: 0.1, initial_sum: 2}",
            Adagrad.of(0.01).rateDecay(0.1).initialSum(2),
            "{kind: lion, beta1: 0.8}",
            Lion.of(1e-4).betas(0.8, 0.99));
    optimizers.forEach(
        (text, rule) ->
            assertEquals(
                rule, parse(TEXT, "training.optimizer=" + text).training().optimizer().build()));
    var factors = // after 15 of 20 steps, 10 an epoch
        Map.of(
            "{kind: constant}", 1.0,
            "{kind: step, gamma: 0.5}", 0.5,
            "{kind: exponential, gamma: 0.25}", 0.125,
            "{kind: polynomial, power: 2}", 0.0625,
            "{kind: cosine, warmup: 1}", 0.5,
            "{kind: inverse-square-root, warmup: 0.6}", Math.sqrt(6.0 / 15));
    factors.forEach(
        (text, factor) ->
            assertEquals(
                factor,
                parse(TEXT, "training.schedule=" + text)
                    .training()
                    .schedule()
                    .build(10, 2)
                    .factor(15),
                1e-12,
                text));
    var options = parse(TEXT, "training.clip_value=3", "training.clip_norm=2").training();
    assertEquals(OptionalDouble.of(3), options.options(10).clipValue());
    assertEquals(OptionalDouble.of(2), options.options(10).clipNorm());
  }

  @Test
  void anUnknownRecipeIsToldTheNearest() {
    var error = assertThrows(RecipeException.class, () -> Recipes.load("minst-cnn", List.of()));
    assertTrue(error.getMessage().contains("did you mean `mnist-cnn`?"), error.getMessage());
    var missing =
        assertThrows(RecipeException.class, () -> Recipes.load("nowhere.yaml", List.of()));
    assertTrue(missing.getMessage().startsWith("nowhere.yaml: "), missing.getMessage());
    assertThrows(RecipeException.class, () -> Recipes.parse("x", "", List.of()));
    assertThrows(RecipeException.class, () -> Recipes.parse("x", "[1]", List.of()));
    var deep = error("a: " + "[".repeat(100_000));
    assertEquals("my.yaml: it is nested too deeply to be a recipe", deep);
  }

  @Test
  void aRecipeMayBeAFile(@TempDir Path folder) throws Exception {
    var file = Files.writeString(folder.resolve("mine.yaml"), TEXT);
    assertEquals(parse(TEXT), Recipes.load(file.toString(), List.of()));
  }

  @Test
  void theNetworksHaveTheSizesOfTheirTutorials() {
    var picture = new Signature(List.of(1, 28, 28), 10, List.of(), List.of());
    for (var expected :
        List.of(
            new Object[] {"mnist-mlp", 101_770L},
            new Object[] {"mnist-cnn", 421_642L},
            new Object[] {"mnist-autoencoder", 784L * 32 + 32 + 32 * 784 + 784})) {
      var recipe = (Recipe.Training) Recipes.load((String) expected[0], List.of());
      var model = TrainingRun.build(recipe, picture);
      assertEquals(expected[1], dev.merapi.nn.Parameters.count(model), recipe.name());
    }
  }
}
