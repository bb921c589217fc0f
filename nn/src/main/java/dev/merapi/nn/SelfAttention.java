package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalInt;

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
 * @param norms of the heads of queries and of keys, before positions turn them (Henry et al., 2020)
 * @param heads of queries
 * @param kvHeads of keys and of values; divides the heads
 * @param causal whether a time sees only itself and earlier ones
 * @param window how many times around itself a time sees: those less than so many away (Beltagy et
 *     al., 2020); where it is empty, all
 * @param positions that attention itself knows of
 * @param dropout of the probabilities, in training
 */
public record SelfAttention(
    Linear projection,
    Linear output,
    Optional<HeadNorms> norms,
    int heads,
    int kvHeads,
    boolean causal,
    OptionalInt window,
    Optional<AttentionPositions> positions,
    double dropout)
    implements Layer {

  /** Norms over the width of each head of queries, and of keys. */
  public record HeadNorms(RmsNorm query, RmsNorm key) {
    public static HeadNorms of(int headDim) {
      return new HeadNorms(RmsNorm.of(headDim), RmsNorm.of(headDim));
    }
  }

  public SelfAttention {
    if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
      throw new MerapiException(
          "SelfAttention: %d heads cannot share %d heads of keys; give a number that divides the heads"
              .formatted(heads, kvHeads));
    }
    if (window.isPresent() && window.getAsInt() < 1) {
      throw new MerapiException(
          "SelfAttention: a window of %d times; a time sees at least itself, so give 1 or more"
              .formatted(window.getAsInt()));
    }
  }

  /** Without norms, window and positions. */
  public SelfAttention(
      Linear projection, Linear output, int heads, int kvHeads, boolean causal, double dropout) {
    this(
        projection,
        output,
        Optional.empty(),
        heads,
        kvHeads,
        causal,
        OptionalInt.empty(),
        Optional.empty(),
        dropout);
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
    return with(projection, output, norms, causal, window, positions, dropout);
  }

  /** With norms of the heads of queries and of keys. */
  public SelfAttention norms(HeadNorms norms) {
    return with(projection, output, Optional.of(norms), causal, window, positions, dropout);
  }

  /** Sees only what is less than so many times away. */
  public SelfAttention window(int times) {
    return with(projection, output, norms, causal, OptionalInt.of(times), positions, dropout);
  }

  /** Knows of positions. */
  public SelfAttention positions(AttentionPositions positions) {
    return with(projection, output, norms, causal, window, Optional.of(positions), dropout);
  }

  public SelfAttention dropout(double p) {
    return with(projection, output, norms, causal, window, positions, p);
  }

  /** The same weights and no biases. */
  public SelfAttention withoutBias() {
    return weights(projection.withoutBias(), output.withoutBias());
  }

  /** With other weights. */
  public SelfAttention weights(Linear projection, Linear output) {
    return with(projection, output, norms, causal, window, positions, dropout);
  }

  private SelfAttention with(
      Linear projection,
      Linear output,
      Optional<HeadNorms> norms,
      boolean causal,
      OptionalInt window,
      Optional<AttentionPositions> positions,
      double dropout) {
    return new SelfAttention(
        projection, output, norms, heads, kvHeads, causal, window, positions, dropout);
  }

  /** What the heads look with: each (batch, heads, time, headDim). */
  public record Views(Tensor query, Tensor key, Tensor value) {}

  /** Projects x, cuts the projection into heads, and normalises and turns queries and keys. */
  public Views views(Tensor x, Mode mode) {
    int all = heads + 2 * kvHeads;
    Tensor cut =
        projection.apply(x, mode).unflatten(-1, all, -1).permute(0, 2, 1, 3); // (b, all, t, d)
    Tensor q = cut.slice(1, 0, heads);
    Tensor k = cut.slice(1, heads, heads + kvHeads);
    Tensor v = cut.slice(1, heads + kvHeads, all);
    if (norms.isPresent()) {
      q = norms.get().query.apply(q, mode);
      k = norms.get().key.apply(k, mode);
    }
    if (positions.isPresent() && positions.get() instanceof Rotary rotary) {
      q = rotary.turn(q, mode);
      k = rotary.turn(k, mode);
    }
    return new Views(q, k, v);
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
            : attention().of(v.query, v.key, v.value, mask, mode),
        mode);
  }

  private Tensor continued(Views v, Optional<Tensor> mask, Continuation pass) {
    if (!causal || mask.isPresent()) {
      throw new MerapiException(
          "SelfAttention: only causal attention without a mask can go on from a memory; others"
              + " would have had to see what comes now");
    }
    return KeyValueCache.attend(attention(), v.query, v.key, v.value, pass);
  }

  private Attention attention() {
    Optional<Alibi> alibi = positions.filter(Alibi.class::isInstance).map(Alibi.class::cast);
    return new Attention(causal, window, alibi, dropout);
  }
}
