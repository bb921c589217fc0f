package dev.merapi.report;

import java.util.List;
import java.util.Optional;

/**
 * A text as a language model reads it, token by token.
 *
 * @param title which model it is
 * @param facts small print
 * @param tokens of the text
 * @param given how many of them, from the first on, the model was given; the others it has written
 * @param next what it thinks the likeliest behind the last one
 * @param attention where it looks
 */
public record Explanation(
    String title,
    List<String> facts,
    List<Token> tokens,
    int given,
    List<Candidate> next,
    AttentionMaps attention) {
  public Explanation {
    facts = List.copyOf(facts);
    tokens = List.copyOf(tokens);
    next = List.copyOf(next);
  }

  /**
   * A token of the text.
   *
   * @param text what it adds to the text
   * @param told how likely it was; empty of the first token of a text, which nothing tells
   */
  public record Token(String text, Optional<Told> told) {}

  /**
   * How likely a token was.
   *
   * @param logProbability ln p, under the model and before anything that changes how tokens are
   *     drawn
   * @param rank 1 of the likeliest token of all
   * @param likeliest tokens that could have stood there, the likeliest one first
   */
  public record Told(double logProbability, int rank, List<Candidate> likeliest) {
    public Told {
      likeliest = List.copyOf(likeliest);
    }

    /** How likely it was, from 0 to 1. */
    public double probability() {
      return Math.exp(logProbability);
    }

    /** How surprising it was: -log₂ p. */
    public double bits() {
      return -logProbability / Math.log(2);
    }
  }

  /** A token that may follow, and how likely it is, from 0 to 1. */
  public record Candidate(String text, double probability) {}
}
