package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A block of a Transformer's decoder (Vaswani et al., 2017): attention to itself, attention to a
 * context, then a feed-forward network, each with a residual: x {@code (batch, time, dim)} and its
 * context {@code (batch, timeK, dim) → (batch, time, dim)}.
 *
 * <p>It normalises as {@link TransformerBlock} does: what each part reads, or the sum.
 *
 * @param dropout of what each part adds, in training
 */
public record DecoderBlock(
    LayerNorm attentionNorm,
    SelfAttention attention,
    LayerNorm contextNorm,
    CrossAttention contextAttention,
    LayerNorm feedForwardNorm,
    FeedForward feedForward,
    TransformerBlock.Placement placement,
    Dropout dropout) {

  /** Causal, pre-norm, exact GELU, biases, no dropout. */
  public static DecoderBlock of(int dim, int heads, int hidden, Key key) {
    return new DecoderBlock(
        LayerNorm.of(dim),
        SelfAttention.of(dim, heads, key.fold(0)).causal(true),
        LayerNorm.of(dim),
        CrossAttention.of(dim, dim, heads, key.fold(1)),
        LayerNorm.of(dim),
        FeedForward.of(dim, hidden, key.fold(2)),
        TransformerBlock.Placement.PRE_NORM,
        Dropout.of(0));
  }

  /** Normalises sums. */
  public DecoderBlock postNorm() {
    return new DecoderBlock(
        attentionNorm,
        attention,
        contextNorm,
        contextAttention,
        feedForwardNorm,
        feedForward,
        TransformerBlock.Placement.POST_NORM,
        dropout);
  }

  /** With another feed-forward network. */
  public DecoderBlock feedForward(UnaryOperator<FeedForward> change) {
    return new DecoderBlock(
        attentionNorm,
        attention,
        contextNorm,
        contextAttention,
        feedForwardNorm,
        change.apply(feedForward),
        placement,
        dropout);
  }

  /** With other weights of its attention. */
  public DecoderBlock attention(
      UnaryOperator<SelfAttention> toItself, UnaryOperator<CrossAttention> toContext) {
    return new DecoderBlock(
        attentionNorm,
        toItself.apply(attention),
        contextNorm,
        toContext.apply(contextAttention),
        feedForwardNorm,
        feedForward,
        placement,
        dropout);
  }

  /** With dropout of both attentions' probabilities and of what is added. */
  public DecoderBlock dropout(double p) {
    return new DecoderBlock(
        attentionNorm,
        attention.dropout(p),
        contextNorm,
        contextAttention.dropout(p),
        feedForwardNorm,
        feedForward,
        placement,
        Dropout.of(p));
  }

  /**
   * x with what it finds in itself and in the context.
   *
   * @param mask (batch, timeK), true where the context may be seen
   */
  public Tensor apply(Tensor x, Tensor context, Optional<Tensor> mask, Mode mode) {
    Tensor h =
        placement.around(
            x,
            each -> attentionNorm.apply(each, mode),
            each -> dropout.apply(attention.apply(each, mode), mode));
    Tensor found =
        placement.around(
            h,
            each -> contextNorm.apply(each, mode),
            each -> dropout.apply(contextAttention.apply(each, context, mask, mode), mode));
    return placement.around(
        found,
        each -> feedForwardNorm.apply(each, mode),
        each -> dropout.apply(feedForward.apply(each, mode), mode));
  }
}
