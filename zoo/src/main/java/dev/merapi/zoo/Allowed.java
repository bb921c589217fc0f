package dev.merapi.zoo;

import java.util.BitSet;

/** Which tokens may come next in a text, such as those that keep it within a language. */
@FunctionalInterface
public interface Allowed {
  /**
   * The tokens that may follow.
   *
   * @param written all tokens behind the prompt so far
   */
  BitSet next(int... written);

  /** The first tokens of the vocabulary: an embedding may have rows to spare. */
  static Allowed first(int count) {
    var tokens = new BitSet();
    tokens.set(0, count);
    return _ -> tokens;
  }
}
