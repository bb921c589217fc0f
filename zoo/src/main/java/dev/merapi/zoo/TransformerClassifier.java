package dev.merapi.zoo;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.TransformerBlock;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Transformer encoder that classifies a text, in the manner of BERT (Devlin et al., 2019): tokens
 * {@code (batch, time) → (batch, classes)}, logits.
 *
 * <p>Embeddings of tokens, positions and, where there are some, segments are added and normalised,
 * post-norm blocks follow, and the first token's place is pooled by a dense layer with tanh.
 */
public record TransformerClassifier(
    Embedding tokens,
    Embedding positions,
    Optional<Embedding> segments,
    LayerNorm norm,
    Dropout dropout,
    List<TransformerBlock> blocks,
    Linear pooler,
    Linear head)
    implements Layer {
  public TransformerClassifier {
    blocks = List.copyOf(blocks);
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are
   * @param context the longest text
   * @param dim the width
   * @param hidden the width inside the feed-forward networks
   */
  public record Size(int vocabulary, int context, int dim, int hidden, int layers, int heads) {}

  /** Weights from N(0, 0.02²), biases zeros, as in BERT. */
  public static TransformerClassifier of(Size size, int classes, Key key) {
    List<TransformerBlock> blocks = new ArrayList<>();
    for (int i = 0; i < size.layers; i++) {
      Key own = key.fold(4).fold(i);
      var block = TransformerBlock.of(size.dim, size.heads, size.hidden, own).postNorm();
      blocks.add(Gpt.initialised(block, 0.02, 0.02, own));
    }
    Init init = Init.normal(0, 0.02);
    return new TransformerClassifier(
        Embedding.of(size.vocabulary, size.dim, init, key.fold(0)),
        Embedding.of(size.context, size.dim, init, key.fold(1)),
        Optional.empty(),
        LayerNorm.of(size.dim),
        Dropout.of(0),
        blocks,
        Linear.of(size.dim, size.dim, init, key.fold(2)),
        Linear.of(size.dim, classes, init, key.fold(3)));
  }

  /** With an embedding for each of some segments of a text, such as a question and its answer. */
  public TransformerClassifier segments(int count, Key key) {
    var drawn = Embedding.of(count, norm.weight().shape().size(0), Init.normal(0, 0.02), key);
    return new TransformerClassifier(
        tokens, positions, Optional.of(drawn), norm, dropout, blocks, pooler, head);
  }

  /** With dropout of embeddings, of attention, of what the blocks add and of what is pooled. */
  public TransformerClassifier dropout(double p) {
    return new TransformerClassifier(
        tokens,
        positions,
        segments,
        norm,
        Dropout.of(p),
        blocks.stream().map(block -> block.dropout(p)).toList(),
        pooler,
        head);
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    return apply(numbers, Optional.empty(), Optional.empty(), mode);
  }

  /**
   * Of texts that are shorter than others, or have segments.
   *
   * @param parts (batch, time), the number of each token's segment; where it is empty, 0
   * @param mask (batch, time), true where there is a token and false behind a text's end
   */
  public Tensor apply(Tensor numbers, Optional<Tensor> parts, Optional<Tensor> mask, Mode mode) {
    int context = positions.weight().shape().size(0);
    if (numbers.shape().rank() != 2 || numbers.shape().size(1) > context) {
      throw new ShapeException(
          "TransformerClassifier: tokens %s must be (batch, time) with a time up to %d"
              .formatted(numbers.shape(), context));
    }
    Tensor place = positions.weight().slice(0, 0, numbers.shape().size(1)); // (time, dim)
    Tensor sum = tokens.apply(numbers, mode).add(place);
    if (segments.isPresent()) {
      Tensor weight = segments.get().weight();
      sum = sum.add(parts.isPresent() ? weight.take(parts.get(), 0) : weight.get(0));
    }
    Tensor h = dropout.apply(norm.apply(sum, mode), mode);
    for (TransformerBlock block : blocks) {
      h = block.apply(h, mode, x -> block.attention().apply(x, mask, mode));
    }
    Tensor pooled = pooler.apply(h.select(1, 0), mode).tanh(); // (batch, dim)
    return head.apply(dropout.apply(pooled, mode), mode);
  }
}
