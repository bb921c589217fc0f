package dev.merapi.recipe;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.NamedSet;
import dev.merapi.train.Progress;
import dev.merapi.train.Scores;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes of known tables reach what they promise, on the real tables, where those are. */
final class TableRecipesTest {
  private static Recipe.Training recipe(String name) {
    assumeTrue(NamedSet.find(name).orElseThrow().here().isPresent(), name + " is not here");
    return (Recipe.Training) Recipes.load(name, List.of());
  }

  private static Scores score(String name) {
    return score(
        TrainingRun.prepare(recipe(name), Optional.empty(), dev.merapi.data.Progress.SILENT));
  }

  private static Scores score(TrainingRun run) {
    return run.score(Progress.none());
  }

  private static double overFolds(String name, ToDoubleFunction<Scores> measure) {
    return TrainingRun.folds(recipe(name), Optional.empty(), 5, dev.merapi.data.Progress.SILENT)
        .stream()
        .map(Supplier::get)
        .map(TableRecipesTest::score)
        .mapToDouble(measure)
        .average()
        .orElseThrow();
  }

  private static void atLeast(double expected, double measured, String what) {
    IO.println("%s: %.4f, and %.4f is wanted".formatted(what, measured, expected));
    assertTrue(measured >= expected, what + ": " + measured);
  }

  @ParameterizedTest
  @CsvSource({"iris, 0.95", "wine, 0.97"})
  void smallTablesOverFiveFolds(String name, double accuracy) {
    atLeast(accuracy, overFolds(name, Scores::accuracy), name);
  }

  @ParameterizedTest
  @CsvSource({"optdigits, 0.98", "letter, 0.96", "dna-splice, 0.95"})
  void largerTablesOnTheirTestRows(String name, double accuracy) {
    atLeast(accuracy, score(name).accuracy(), name);
  }

  @Test
  void pricesOfHomes() {
    atLeast(0.78, score("california-housing").metric("r2"), "california-housing");
  }

  @Test
  void passengersBetterThanAYearAgo() {
    var scores = score("airline");
    IO.println("airline: " + scores.metrics());
    assertTrue(scores.metric("rmse") < scores.metric("naive_rmse"), scores.toString());
    assertTrue(scores.metric("mae") < scores.metric("naive_mae"), scores.toString());
  }

  @Test
  void ratingsOfFilms() {
    var scores = score("movielens");
    IO.println("movielens: " + scores.metrics());
    assertTrue(scores.metric("rmse") <= 0.90, scores.toString());
  }
}
