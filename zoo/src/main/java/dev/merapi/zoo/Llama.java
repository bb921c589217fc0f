package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.GatedFeedForward;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Rotary;
import dev.merapi.nn.SelfAttention;
import dev.merapi.nn.Silu;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Llama (Touvron et al., 2023), a causal Transformer that tells the next token, and its kin:
 * Mistral, Qwen 2 and 3, SmolLM. Tokens {@code (batch, time) → (batch, time, vocabulary)}, logits.
 * Continued from a memory, it gives those behind the last time alone, (batch, 1, vocabulary).
 *
 * <p>Pre-norm blocks with RMS norms, rotary positions, grouped queries and SwiGLU.
 *
 * @param context the longest text
 * @param head of the logits; where it is empty, the tokens' embedding
 */
public record Llama(
    Embedding tokens, List<Block> blocks, RmsNorm norm, Optional<Linear> head, int context)
    implements Layer {
  public Llama {
    blocks = List.copyOf(blocks);
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are
   * @param context the longest text
   * @param dim the width
   * @param hidden the width inside the feed-forward networks
   * @param heads of queries
   * @param kvHeads of keys and of values
   * @param headDim the width of a head
   */
  public record Size(
      int vocabulary,
      int context,
      int dim,
      int hidden,
      int layers,
      int heads,
      int kvHeads,
      int headDim) {
    /** SmolLM2's smallest: 134,515,008 parameters with a head that shares the embedding. */
    public static final Size SMOLLM2_135M = new Size(49_152, 8192, 576, 1536, 30, 9, 3, 64);
  }

  /** {@code h = x + attention(norm₁(x))}, {@code y = h + feedForward(norm₂(h))}. */
  public record Block(
      RmsNorm attentionNorm,
      SelfAttention attention,
      RmsNorm feedForwardNorm,
      GatedFeedForward feedForward)
      implements Layer {

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      Tensor h = x.add(attention.apply(attentionNorm.apply(x, mode), mode));
      return h.add(feedForward.apply(feedForwardNorm.apply(h, mode), mode));
    }

    /** With other attention. */
    public Block attention(UnaryOperator<SelfAttention> change) {
      return new Block(attentionNorm, change.apply(attention), feedForwardNorm, feedForward);
    }

    /** With another feed-forward network. */
    public Block feedForward(UnaryOperator<GatedFeedForward> change) {
      return new Block(attentionNorm, attention, feedForwardNorm, change.apply(feedForward));
    }

    /** With another ε in the norms. */
    public Block epsilon(double epsilon) {
      return new Block(
          attentionNorm.epsilon(epsilon), attention, feedForwardNorm.epsilon(epsilon), feedForward);
    }
  }

  /**
   * Weights from N(0, 0.02²), no biases; rotary positions of base 10,000, ε = 10⁻⁵, a head of its
   * own, no dropout.
   */
  public static Llama of(Size size, Key key) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < size.layers; i++) {
      blocks.add(block(size, key.fold(2).fold(i)));
    }
    return new Llama(
            Embedding.of(size.vocabulary, size.dim, Init.normal(0, 0.02), key.fold(0)),
            blocks,
            RmsNorm.of(size.dim),
            Optional.of(drawn(size.dim, size.vocabulary, key.fold(1))),
            size.context)
        .epsilon(1e-5);
  }

  private static Block block(Size size, Key key) {
    int inner = size.heads * size.headDim;
    int all = (size.heads + 2 * size.kvHeads) * size.headDim;
    var attention =
        new SelfAttention(
                drawn(size.dim, all, key.fold(0)),
                drawn(inner, size.dim, key.fold(1)),
                size.heads,
                size.kvHeads,
                true,
                0)
            .positions(Rotary.of(size.headDim));
    return new Block(
        RmsNorm.of(size.dim),
        attention,
        RmsNorm.of(size.dim),
        new GatedFeedForward(
            drawn(size.dim, size.hidden, key.fold(2)),
            drawn(size.dim, size.hidden, key.fold(3)),
            Silu.of(),
            drawn(size.hidden, size.dim, key.fold(4))));
  }

  private static Linear drawn(int in, int out, Key key) {
    return Linear.of(in, out, Init.normal(0, 0.02), key).withoutBias();
  }

  /** With another ε in all norms but those of heads. */
  public Llama epsilon(double epsilon) {
    var changed = blocks.stream().map(block -> block.epsilon(epsilon)).toList();
    return new Llama(tokens, changed, norm.epsilon(epsilon), head, context);
  }

  /** The tokens' embedding is the head. */
  public Llama tied() {
    return new Llama(tokens, blocks, norm, Optional.empty(), context);
  }

  /** With other blocks, such as {@code b -> b.attention(a -> a.window(4096))}. */
  public Llama blocks(UnaryOperator<Block> change) {
    return new Llama(tokens, blocks.stream().map(change).toList(), norm, head, context);
  }

  /** With other rotary positions. */
  public Llama rotary(UnaryOperator<Rotary> change) {
    return blocks(
        block ->
            block.attention(
                a ->
                    a.positions()
                        .filter(Rotary.class::isInstance)
                        .map(rotary -> a.positions(change.apply((Rotary) rotary)))
                        .orElse(a)));
  }

  /** With norms of the heads of queries and of keys, as in Qwen 3. */
  public Llama headNorms(double epsilon) {
    return blocks(
        block ->
            block.attention(
                a -> {
                  int dim = a.projection().weight().shape().size(0) / (a.heads() + 2 * a.kvHeads());
                  var one = RmsNorm.of(dim).epsilon(epsilon);
                  var other = RmsNorm.of(dim).epsilon(epsilon);
                  return a.norms(new SelfAttention.HeadNorms(one, other));
                }));
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    Shape shape = numbers.shape();
    int time =
        mode instanceof Continuation pass ? pass.end() : shape.rank() == 2 ? shape.size(1) : 0;
    if (shape.rank() != 2 || time > context) {
      throw new ShapeException(
          "Llama: tokens %s must be (batch, time) with a time up to %d, its context"
              .formatted(shape, context));
    }
    Tensor h = tokens.apply(numbers, mode);
    for (Block block : blocks) {
      h = block.apply(h, mode);
    }
    Tensor last = mode instanceof Continuation ? h.slice(1, -1, Integer.MAX_VALUE) : h;
    Tensor y = norm.apply(last, mode);
    return head.isPresent() ? head.get().apply(y, mode) : y.matmul(tokens.weight().mT());
  }
}
