package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.FeedForward;
import dev.merapi.nn.Gelu;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.TransformerBlock;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * GPT-2 (Radford et al., 2019), a causal Transformer that tells the next token: tokens {@code
 * (batch, time) → (batch, time, vocabulary)}, logits. Continued from a memory, it gives those
 * behind the last time alone, (batch, 1, vocabulary).
 *
 * <p>Pre-norm blocks, learned positions, and a head that shares the tokens' embedding.
 */
public record Gpt(
    Embedding tokens,
    Embedding positions,
    Dropout dropout,
    List<TransformerBlock> blocks,
    LayerNorm norm)
    implements Layer {
  public Gpt {
    blocks = List.copyOf(blocks);
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are
   * @param context the longest text
   * @param dim the width; the feed-forward networks are four times as wide inside
   */
  public record Size(int vocabulary, int context, int dim, int layers, int heads) {
    /** The smallest published one: 124,439,808 parameters. */
    public static final Size GPT2 = new Size(50_257, 1024, 768, 12, 12);
  }

  /**
   * Weights from N(0, 0.02²), those that write to the residual divided by √(2 · layers), biases
   * zeros; GELU by tanh, no dropout.
   */
  public static Gpt of(Size size, Key key) {
    return of(size, 0.02, key);
  }

  /** The same with weights from N(0, deviation²): more than 0.02 lets narrow ones learn sooner. */
  public static Gpt of(Size size, double deviation, Key key) {
    List<TransformerBlock> blocks = new ArrayList<>();
    double residual = deviation / Math.sqrt(2.0 * size.layers);
    for (int i = 0; i < size.layers; i++) {
      Key own = key.fold(2).fold(i);
      var block =
          TransformerBlock.of(size.dim, size.heads, 4 * size.dim, own)
              .attention(attention -> attention.causal(true))
              .feedForward(network -> network.activation(Gelu.tanh()));
      blocks.add(initialised(block, deviation, residual, own));
    }
    Init init = Init.normal(0, deviation);
    return new Gpt(
        Embedding.of(size.vocabulary, size.dim, init, key.fold(0)),
        Embedding.of(size.context, size.dim, init, key.fold(1)),
        Dropout.of(0),
        blocks,
        LayerNorm.of(size.dim));
  }

  /** The block with weights of these standard deviations and biases of zeros. */
  static TransformerBlock initialised(
      TransformerBlock block, double deviation, double residual, Key key) {
    return block
        .attention(
            a ->
                a.weights(
                    drawn(a.projection(), deviation, key.fold(2)),
                    drawn(a.output(), residual, key.fold(3))))
        .feedForward(
            f ->
                new FeedForward(
                    drawn(f.up(), deviation, key.fold(4)),
                    f.activation(),
                    drawn(f.down(), residual, key.fold(5))));
  }

  private static Linear drawn(Linear like, double deviation, Key key) {
    Shape shape = like.weight().shape();
    return Linear.of(shape.size(1), shape.size(0), Init.normal(0, deviation), key);
  }

  /** With another function in the feed-forward networks. */
  public Gpt activation(Layer activation) {
    return blocks(block -> block.feedForward(network -> network.activation(activation)), dropout);
  }

  /** With dropout of embeddings, of attention and of what the blocks add. */
  public Gpt dropout(double p) {
    return blocks(block -> block.dropout(p), Dropout.of(p));
  }

  /** With another ε in all norms. */
  public Gpt epsilon(double epsilon) {
    Gpt rest = blocks(block -> block.epsilon(epsilon), dropout);
    return new Gpt(tokens, positions, dropout, rest.blocks, norm.epsilon(epsilon));
  }

  /** The same weights and no biases, in the norms neither. */
  public Gpt withoutBias() {
    Gpt rest = blocks(TransformerBlock::withoutBias, dropout);
    return new Gpt(tokens, positions, dropout, rest.blocks, norm.withoutBias());
  }

  /** With biases everywhere, as published ones have them: zeros where there are none. */
  public Gpt withBias() {
    Gpt rest =
        blocks(
            block ->
                new TransformerBlock(
                    block.attentionNorm().withBias(),
                    block
                        .attention()
                        .weights(
                            block.attention().projection().withBias(),
                            block.attention().output().withBias()),
                    block.feedForwardNorm().withBias(),
                    new FeedForward(
                        block.feedForward().up().withBias(),
                        block.feedForward().activation(),
                        block.feedForward().down().withBias()),
                    block.placement(),
                    block.dropout()),
            dropout);
    return new Gpt(tokens, positions, dropout, rest.blocks, norm.withBias());
  }

  private Gpt blocks(UnaryOperator<TransformerBlock> change, Dropout dropout) {
    return new Gpt(tokens, positions, dropout, blocks.stream().map(change).toList(), norm);
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    Tensor h = embed(numbers, mode);
    for (TransformerBlock block : blocks) {
      h = block.apply(h, mode);
    }
    return logits(h, mode);
  }

  private Tensor embed(Tensor numbers, Mode mode) {
    int context = positions.weight().shape().size(0);
    boolean text = numbers.shape().rank() == 2;
    int time = mode instanceof Continuation pass ? pass.end() : numbers.shape().size(-1);
    if (!text || time > context) {
      throw new ShapeException(
          "Gpt: tokens %s must be (batch, time) with a time up to %d, its context"
              .formatted(numbers.shape(), context));
    }
    Tensor place; // (time, dim), or of packed texts (batch, time, dim)
    if (mode instanceof Continuation pass) {
      place = positions.apply(pass.places(), mode);
    } else if (mode.packing().isPresent()) {
      place = positions.apply(mode.packing().get().places(), mode);
    } else {
      place = positions.weight().slice(0, 0, time).cast(DType.F32);
    }
    return dropout.apply(tokens.apply(numbers, mode).add(place), mode);
  }

  private Tensor logits(Tensor all, Mode mode) {
    Tensor h = mode instanceof Continuation ? all.slice(1, -1, Integer.MAX_VALUE) : all;
    return norm.apply(h, mode).matmul(tokens.weight().mT());
  }
}
