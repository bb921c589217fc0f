package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Memory;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * A model that reads texts and remembers what it has read: what a search for likely texts needs to
 * know of it. A decoder is one by {@link #of}; a translator reads what it shall translate before,
 * and then the translation.
 */
public interface TokenReader {

  /**
   * Reads more of each text.
   *
   * @param more (texts, time), all of one length
   * @return the logits of what follows: (texts, vocabulary)
   */
  float[][] read(int[][] more);

  /**
   * From now on, the text {@code i} goes on from what the text {@code texts[i]} was so far. There
   * may be more texts than before, or fewer.
   */
  void take(int... texts);

  /**
   * A causal model that has read nothing yet.
   *
   * @param model of tokens (batch, time) → logits (batch, …, vocabulary), the last ones those of
   *     what follows
   * @param capacity the longest text
   */
  static TokenReader of(Layer model, int capacity) {
    var memory = Memory.of(capacity);
    return new TokenReader() {
      @Override
      public float[][] read(int[][] more) {
        int[] flat = Arrays.stream(more).flatMapToInt(Arrays::stream).toArray();
        Continuation pass = memory.next(more[0].length);
        Tensor logits = model.apply(Tensor.of(flat, more.length, more[0].length), pass);
        return rows(pass.run(logits.select(1, -1)).getFirst());
      }

      @Override
      public void take(int... texts) {
        memory.take(texts);
      }
    };
  }

  /** The rows of a tensor (texts, vocabulary). */
  static float[][] rows(Tensor logits) {
    float[] all = logits.toArray();
    int vocabulary = logits.shape().size(1);
    float[][] rows = new float[logits.shape().size(0)][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary));
    return rows;
  }
}
