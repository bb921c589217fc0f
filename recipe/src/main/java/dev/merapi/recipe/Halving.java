package dev.merapi.recipe;

import java.util.ArrayList;
import java.util.List;

/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and
 * hyperparameter optimization", 2016): of n arms and a budget of B epochs, round k of {@code ⌈log₂
 * n⌉} gives each arm that is left in {@code S_k} another {@code r_k = ⌊B / (|S_k| ⌈log₂ n⌉)⌋}
 * epochs, and keeps the better {@code ⌊|S_k| / 2⌋} of them.
 */
final class Halving {
  private Halving() {}

  /**
   * A round.
   *
   * @param arms that are left
   * @param more epochs that each gets in it
   * @param epochs that each has had at its end, those of earlier rounds among them
   */
  record Round(int arms, long more, long epochs) {}

  /**
   * The rounds.
   *
   * @param arms at least 2
   */
  static List<Round> rounds(int arms, long budget) {
    int count = Integer.SIZE - Integer.numberOfLeadingZeros(arms - 1); // ⌈log₂ arms⌉
    var rounds = new ArrayList<Round>();
    int left = arms;
    long epochs = 0;
    for (int k = 0; k < count; k++) {
      long more = budget / ((long) left * count);
      epochs += more;
      rounds.add(new Round(left, more, epochs));
      left /= 2;
    }
    return rounds;
  }

  /**
   * The rounds of the largest budget by which nobody gets more than these epochs.
   *
   * @throws RecipeException if they are too few for a first round of one epoch
   */
  static List<Round> within(int arms, int epochs) {
    if (arms < 2) {
      throw new RecipeException("one trial cannot be halved; give --trials 2 or more");
    }
    long least = rounds(arms, firstOf(arms)).getLast().epochs();
    if (least > epochs) {
      throw new RecipeException(
          "%d epochs are too few to halve %d trials; give --epochs %d or more, or fewer --trials"
              .formatted(epochs, arms, least));
    }
    long low = firstOf(arms);
    long high = (long) arms * Integer.SIZE * (epochs + 1L);
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (rounds(arms, middle).getLast().epochs() <= epochs) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return rounds(arms, low);
  }

  /** The least budget that gives every arm an epoch in the first round. */
  private static long firstOf(int arms) {
    return (long) arms * rounds(arms, 0).size();
  }
}
