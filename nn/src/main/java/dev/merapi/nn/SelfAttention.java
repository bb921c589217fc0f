package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Multi-head self-attention (Vaswani et al., 2017): {@code (batch, time, dim) → (batch, time,
 * dim)}. In each head {@code y = softmax(q kᵀ / √headDim) v}.
 *
 * <p>Queries, keys and values come from one projection, whose rows are those of all queries, then
 * all keys, then all values, each head after head. With fewer heads of keys than of queries, each
 * serves several (grouped queries; Ainslie et al., 2023).
 *
 * @param projection dim → (heads + 2 · kvHeads) · headDim
 * @param output heads · headDim → dim
 * @param heads of queries
 * @param kvHeads of keys and of values; divides the heads
 * @param causal whether a time sees only itself and earlier ones
 * @param dropout of the probabilities, in training
 */
public record SelfAttention(
    Linear projection, Linear output, int heads, int kvHeads, boolean causal, double dropout)
    implements Layer {

  public SelfAttention {
    if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
      throw new MerapiException(
          "SelfAttention: %d heads cannot share %d heads of keys; give a number that divides the heads"
              .formatted(heads, kvHeads));
    }
  }

  /** As many heads of keys as of queries, not causal, no dropout, with biases. */
  public static SelfAttention of(int dim, int heads, Key key) {
    if (heads < 1 || dim % heads != 0) {
      throw new MerapiException(
          "SelfAttention: a width of %d cannot be cut into %d heads; give a multiple of the heads"
              .formatted(dim, heads));
    }
    return new SelfAttention(
        Linear.of(dim, 3 * dim, key.fold(0)),
        Linear.of(dim, dim, key.fold(1)),
        heads,
        heads,
        false,
        0);
  }

  /** Whether a time sees only itself and earlier ones. */
  public SelfAttention causal(boolean causal) {
    return new SelfAttention(projection, output, heads, kvHeads, causal, dropout);
  }

  public SelfAttention dropout(double p) {
    return new SelfAttention(projection, output, heads, kvHeads, causal, p);
  }

  /** The same weights and no biases. */
  public SelfAttention withoutBias() {
    return new SelfAttention(
        projection.withoutBias(), output.withoutBias(), heads, kvHeads, causal, dropout);
  }

  /** What the heads look with: each (batch, heads, time, headDim). */
  public record Views(Tensor query, Tensor key, Tensor value) {}

  /** Projects x and cuts the projection into heads. */
  public Views views(Tensor x, Mode mode) {
    int all = heads + 2 * kvHeads;
    Tensor cut =
        projection.apply(x, mode).unflatten(-1, all, -1).permute(0, 2, 1, 3); // (b, all, t, d)
    return new Views(
        cut.slice(1, 0, heads),
        cut.slice(1, heads, heads + kvHeads),
        cut.slice(1, heads + kvHeads, all));
  }

  /** Puts the heads' values together: (batch, heads, time, headDim) → (batch, time, dim). */
  public Tensor merge(Tensor y, Mode mode) {
    return output.apply(y.permute(0, 2, 1, 3).flatten(2, 3), mode);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return apply(x, Optional.empty(), mode);
  }

  /**
   * With some keys hidden, such as those of padding.
   *
   * @param mask (batch, time), true where a key may be seen; a query that sees none gets zeros
   */
  public Tensor apply(Tensor x, Optional<Tensor> mask, Mode mode) {
    Views v = views(x, mode);
    return merge(
        mode instanceof Continuation pass
            ? continued(v, mask, pass)
            : Attention.of(v.query, v.key, v.value, causal, mask, dropout, mode),
        mode);
  }

  private Tensor continued(Views v, Optional<Tensor> mask, Continuation pass) {
    if (!causal || mask.isPresent()) {
      throw new MerapiException(
          "SelfAttention: only causal attention without a mask can go on from a memory; others"
              + " would have had to see what comes now");
    }
    return KeyValueCache.attend(v.query, v.key, v.value, pass);
  }
}
