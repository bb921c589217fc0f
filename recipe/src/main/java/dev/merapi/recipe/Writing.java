package dev.merapi.recipe;

import dev.merapi.grammar.TokenMasks;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Decoding;
import dev.merapi.zoo.Generation;
import dev.merapi.zoo.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Texts that a model writes one after another, with what it remembers of them. */
final class Writing {
  private final Generation generation;
  private final Set<Integer> ends;
  private final Optional<TokenMasks> masks;
  private int begin; // where in the text that is written now the written part begins
  private int most; // how many tokens that has, at most

  /**
   * A model that has read nothing yet.
   *
   * @param model of which a generation is made, by a way to choose tokens
   * @param known how many tokens have a meaning: an embedding may have rows to spare
   * @param ends tokens that end a text
   * @param masks what a text may be
   */
  Writing(
      Function<Generation.Choice, Generation> model,
      int known,
      Sampling sampling,
      Set<Integer> ends,
      Optional<TokenMasks> masks) {
    this.ends = ends;
    this.masks = masks;
    generation =
        model.apply(
            (logits, text, row) ->
                sampling.next(
                    allowed(Arrays.copyOf(logits, Math.min(known, logits.length)), text),
                    text,
                    row));
  }

  private float[] allowed(float[] logits, int... text) {
    if (masks.isEmpty()) {
      return logits;
    }
    int[] written = Arrays.copyOfRange(text, begin, text.length);
    BitSet tokens = masks.get().next(written, most - written.length);
    for (int token = tokens.nextClearBit(0);
        token < logits.length;
        token = tokens.nextClearBit(token + 1)) {
      logits[token] = Float.NEGATIVE_INFINITY;
    }
    return logits;
  }

  /** How many tokens it remembers. */
  int length() {
    return generation.length();
  }

  /** Forgets all. */
  void clear() {
    generation.clear();
  }

  /**
   * Writes until a text ends.
   *
   * @param before how many tokens stand before what is written
   * @param unread the last of them, which were not read
   * @param decoding of what stands behind them
   * @param tokens how many it writes, at most
   * @param stopped whether somebody has heard enough
   * @return the tokens that were written, with the one that ended the text, if any did; all of them
   *     but the last have been read
   * @throws MerapiException if so few tokens are no text of those that are allowed
   */
  List<Integer> write(
      int before,
      int[] unread,
      Decoding decoding,
      int tokens,
      BooleanSupplier stopped,
      StopText cut) {
    begin = before;
    most = tokens;
    check(masks, tokens);
    List<Integer> written = new ArrayList<>();
    int[] more = unread;
    for (int i = 0; i < tokens && !cut.isDone() && !stopped.getAsBoolean(); i++) {
      if (isOver(written)) {
        break;
      }
      int next = generation.read(new int[][] {more})[0];
      written.add(next);
      if (ends.contains(next)) {
        break;
      }
      cut.add(decoding.add(next));
      more = new int[] {next};
    }
    cut.add(decoding.finish());
    return written;
  }

  private boolean isOver(List<Integer> written) {
    return masks.isPresent()
        && masks.get().isOver(written.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Refuses fewer tokens than the shortest text may need. */
  static void check(Optional<TokenMasks> masks, int tokens) {
    int needed = masks.map(TokenMasks::needed).orElse(0);
    if (needed > tokens) {
      throw new MerapiException(
          "the shortest text that is allowed may need %d tokens, and %d are left; give more"
              .formatted(needed, tokens));
    }
  }
}
