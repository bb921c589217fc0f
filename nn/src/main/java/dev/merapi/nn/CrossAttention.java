package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Multi-head attention to another sequence (Vaswani et al., 2017): x {@code (batch, time, dim)} and
 * its context {@code (batch, timeK, contextDim) → (batch, time, dim)}.
 *
 * <p>Queries are projected from x; keys and values from the context, by one projection whose rows
 * are those of all keys, then all values, each head after head.
 *
 * @param query dim → heads · headDim
 * @param keyValue contextDim → 2 · kvHeads · headDim
 * @param output heads · headDim → dim
 * @param heads of queries
 * @param kvHeads of keys and of values; divides the heads
 * @param dropout of the probabilities, in training
 */
public record CrossAttention(
    Linear query, Linear keyValue, Linear output, int heads, int kvHeads, double dropout) {

  public CrossAttention {
    if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
      throw new MerapiException(
          "CrossAttention: %d heads cannot share %d heads of keys; give a number that divides the heads"
              .formatted(heads, kvHeads));
    }
  }

  /** As many heads of keys as of queries, no dropout, with biases. */
  public static CrossAttention of(int dim, int contextDim, int heads, Key key) {
    if (heads < 1 || dim % heads != 0) {
      throw new MerapiException(
          "CrossAttention: a width of %d cannot be cut into %d heads; give a multiple of the heads"
              .formatted(dim, heads));
    }
    return new CrossAttention(
        Linear.of(dim, dim, key.fold(0)),
        Linear.of(contextDim, 2 * dim, key.fold(1)),
        Linear.of(dim, dim, key.fold(2)),
        heads,
        heads,
        0);
  }

  public CrossAttention dropout(double p) {
    return new CrossAttention(query, keyValue, output, heads, kvHeads, p);
  }

  /** The same weights and no biases. */
  public CrossAttention withoutBias() {
    return weights(query.withoutBias(), keyValue.withoutBias(), output.withoutBias());
  }

  /** With other weights. */
  public CrossAttention weights(Linear query, Linear keyValue, Linear output) {
    return new CrossAttention(query, keyValue, output, heads, kvHeads, dropout);
  }

  /**
   * x with what it finds in the context. In a {@link Continuation} the context is read by the first
   * pass alone; those that follow look at what is remembered of it.
   *
   * @param mask (batch, timeK), true where the context may be seen
   */
  public Tensor apply(Tensor x, Tensor context, Optional<Tensor> mask, Mode mode) {
    Packing.refuse("CrossAttention", mode);
    Tensor q = query.apply(x, mode).unflatten(-1, heads, -1).permute(0, 2, 1, 3); // (b, h, t, d)
    Tensor both = keyValues(x, context, mode).unflatten(-1, 2 * kvHeads, -1).permute(0, 2, 1, 3);
    Tensor k = both.slice(1, 0, kvHeads);
    Tensor v = both.slice(1, kvHeads, 2 * kvHeads);
    Tensor y = Attention.toAll(dropout).of(q, k, v, mask, mode);
    return output.apply(y.permute(0, 2, 1, 3).flatten(2, 3), mode);
  }

  /** Of the context, or what is remembered of it: (batch, timeK, 2 · kvHeads · headDim). */
  private Tensor keyValues(Tensor x, Tensor context, Mode mode) {
    if (!(mode instanceof Continuation pass)) {
      return keyValue.apply(context, mode);
    }
    int width = keyValue.weight().shape().size(0);
    Parameter cell = pass.cell(Shape.of(x.shape().size(0), context.shape().size(1), width));
    if (!pass.first()) {
      return cell;
    }
    Tensor read = keyValue.apply(context, mode);
    pass.keep(cell, read);
    return read;
  }
}
