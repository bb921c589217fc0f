package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A block of a Transformer: attention, then a feed-forward network, each with a residual, {@code
 * (batch, time, dim) → (batch, time, dim)}.
 *
 * <p>Pre-norm (Radford et al., 2019): {@code h = x + attention(norm₁(x))}, {@code y = h +
 * feedForward(norm₂(h))}. Post-norm (Vaswani et al., 2017): {@code h = norm₁(x + attention(x))},
 * {@code y = norm₂(h + feedForward(h))}.
 *
 * @param dropout of what attention and feed-forward network add, in training
 */
public record TransformerBlock(
    LayerNorm attentionNorm,
    SelfAttention attention,
    LayerNorm feedForwardNorm,
    FeedForward feedForward,
    Placement placement,
    Dropout dropout)
    implements Layer {

  /** Where a block normalises. */
  public enum Placement {
    /** What attention and feed-forward network read. */
    PRE_NORM,
    /** Their sums with what they read. */
    POST_NORM;

    /** x with what a part of a block adds to it, and a norm before or behind. */
    Tensor around(Tensor x, UnaryOperator<Tensor> norm, UnaryOperator<Tensor> part) {
      return switch (this) {
        case PRE_NORM -> x.add(part.apply(norm.apply(x)));
        case POST_NORM -> norm.apply(x.add(part.apply(x)));
      };
    }
  }

  /** Pre-norm, exact GELU, biases, no dropout, not causal. */
  public static TransformerBlock of(int dim, int heads, int hidden, Key key) {
    return new TransformerBlock(
        LayerNorm.of(dim),
        SelfAttention.of(dim, heads, key.fold(0)),
        LayerNorm.of(dim),
        FeedForward.of(dim, hidden, key.fold(1)),
        Placement.PRE_NORM,
        Dropout.of(0));
  }

  /** Normalises sums. */
  public TransformerBlock postNorm() {
    return new TransformerBlock(
        attentionNorm, attention, feedForwardNorm, feedForward, Placement.POST_NORM, dropout);
  }

  /** With other attention, such as {@code block.attention(a -> a.causal(true))}. */
  public TransformerBlock attention(UnaryOperator<SelfAttention> change) {
    return new TransformerBlock(
        attentionNorm, change.apply(attention), feedForwardNorm, feedForward, placement, dropout);
  }

  /** With another feed-forward network. */
  public TransformerBlock feedForward(UnaryOperator<FeedForward> change) {
    return new TransformerBlock(
        attentionNorm, attention, feedForwardNorm, change.apply(feedForward), placement, dropout);
  }

  /** With dropout of the attention's probabilities and of what is added. */
  public TransformerBlock dropout(double p) {
    return new TransformerBlock(
        attentionNorm,
        attention.dropout(p),
        feedForwardNorm,
        feedForward,
        placement,
        Dropout.of(p));
  }

  /** With another ε in the norms. */
  public TransformerBlock epsilon(double epsilon) {
    return new TransformerBlock(
        attentionNorm.epsilon(epsilon),
        attention,
        feedForwardNorm.epsilon(epsilon),
        feedForward,
        placement,
        dropout);
  }

  /** The same weights and no biases. */
  public TransformerBlock withoutBias() {
    return new TransformerBlock(
        attentionNorm.withoutBias(),
        attention.withoutBias(),
        feedForwardNorm.withoutBias(),
        feedForward.withoutBias(),
        placement,
        dropout);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return apply(x, mode, h -> attention.apply(h, mode));
  }

  /** With attention that looks elsewhere, such as at a cache. */
  public Tensor apply(Tensor x, Mode mode, UnaryOperator<Tensor> attend) {
    Tensor h =
        placement.around(
            x,
            each -> attentionNorm.apply(each, mode),
            each -> dropout.apply(attend.apply(each), mode));
    return placement.around(
        h,
        each -> feedForwardNorm.apply(each, mode),
        each -> dropout.apply(feedForward.apply(each, mode), mode));
  }
}
