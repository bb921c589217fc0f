package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Packing;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * A model that turns texts into others, such as translations: an encoder reads a text, and a
 * decoder tells, token by token, what it becomes.
 *
 * <p>Of x {@code (batch, 2, time)} the sources, (batch, 0), and the targets as far as they are
 * known, (batch, 1), each filled up with the padding at its end → logits of the target's next token
 * behind each {@code (batch, time, vocabulary)}.
 */
public interface EncoderDecoder extends Layer {

  /**
   * What was read of texts.
   *
   * @param states (batch, time, dim)
   * @param mask (batch, time), true where there is a token
   */
  record Source(Tensor states, Tensor mask) {}

  /** Reads texts: (batch, time), filled up with the padding. */
  Source encode(Tensor numbers, Mode mode);

  /**
   * Logits of what follows each token of the targets: (batch, time) → (batch, time, vocabulary). In
   * a {@link Continuation} the targets go on from where the last pass ended; each pass has to be
   * given what was read of the same texts.
   */
  Tensor decode(Tensor numbers, Source source, Mode mode);

  @Override
  default Tensor apply(Tensor x, Mode mode) {
    String name = getClass().getSimpleName();
    Packing.refuse(name, mode);
    if (x.shape().rank() != 3 || x.shape().size(1) != 2) {
      throw new ShapeException(
          "%s: x %s must be (batch, 2, time): sources, and targets as far as they are known"
              .formatted(name, x.shape()));
    }
    return decode(x.select(1, 1), encode(x.select(1, 0), mode), mode);
  }

  /**
   * Targets of texts, for a search to write: each of its prompts is the token that begins a target.
   *
   * @param numbers the texts (batch, time), filled up with the padding
   * @param capacity tokens of a target at most, its begin included
   */
  default TokenReader targets(Tensor numbers, int capacity) {
    return new Translating(this, numbers, capacity);
  }
}
