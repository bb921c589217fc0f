package dev.merapi.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.recipe.Halving.Round;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Algorithm 1 of Jamieson and Talwalkar (2016). */
final class HalvingTest {
  @Test
  void eightArmsAreHalvedThreeTimes() {
    // ⌈log₂ 8⌉ = 3 rounds of B / 3 = 16 epochs: 2 for each of 8, 4 for each of 4, 8 for each of 2.
    assertEquals(
        List.of(new Round(8, 2, 2), new Round(4, 4, 6), new Round(2, 8, 14)),
        Halving.rounds(8, 48));
  }

  @ParameterizedTest
  @CsvSource({"2, 10", "3, 40", "5, 97", "9, 200", "20, 1000", "64, 12345", "100, 7000"})
  void eachRoundFollowsTheFormula(int arms, long budget) {
    var rounds = Halving.rounds(arms, budget);
    int count = (int) Math.ceil(Math.log(arms) / Math.log(2) - 1e-9);
    assertEquals(count, rounds.size());
    long spent = 0;
    long epochs = 0;
    int left = arms;
    for (var round : rounds) {
      assertEquals(left, round.arms());
      assertEquals(Math.floorDiv(budget, (long) left * count), round.more());
      epochs += round.more();
      assertEquals(epochs, round.epochs());
      spent += round.more() * left;
      left = Math.floorDiv(left, 2);
    }
    assertTrue(spent <= budget, "the budget is not exceeded");
    assertTrue(left <= 1, "one is left at the end");
  }

  @ParameterizedTest
  @CsvSource({"8, 10", "16, 60", "20, 40", "2, 1", "27, 100"})
  void theLongestTrainingTakesWhatTheRecipeSays(int arms, int epochs) {
    var rounds = Halving.within(arms, epochs);
    assertTrue(rounds.getFirst().more() >= 1);
    assertTrue(rounds.getLast().epochs() <= epochs);
    int count = rounds.size();
    long budget = 0;
    while (Halving.rounds(arms, budget + 1).getLast().epochs() <= epochs) {
      budget++;
    }
    assertEquals(Halving.rounds(arms, budget), rounds, "no larger budget of " + count + " rounds");
  }

  @Test
  void tooFewEpochsAreTold() {
    var error = assertThrows(RecipeException.class, () -> Halving.within(8, 6));
    assertEquals(
        "6 epochs are too few to halve 8 trials; give --epochs 7 or more, or fewer --trials",
        error.getMessage());
    assertEquals(7, Halving.within(8, 7).getLast().epochs());
    assertThrows(RecipeException.class, () -> Halving.within(1, 60));
  }
}
