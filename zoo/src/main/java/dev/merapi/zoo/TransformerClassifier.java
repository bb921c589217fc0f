package dev.merapi.zoo;

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

/**
 * A Transformer encoder that classifies a text, in the manner of BERT (Devlin et al., 2019): tokens
 * {@code (batch, time) → (batch, classes)}, logits.
 *
 * <p>Embeddings of tokens and positions are added and normalised, post-norm blocks follow, and the
 * first token's place is pooled by a dense layer with tanh.
 */
public record TransformerClassifier(
    Embedding tokens,
    Embedding positions,
    LayerNorm norm,
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
        LayerNorm.of(size.dim),
        blocks,
        Linear.of(size.dim, size.dim, init, key.fold(2)),
        Linear.of(size.dim, classes, init, key.fold(3)));
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    int context = positions.weight().shape().size(0);
    if (numbers.shape().rank() != 2 || numbers.shape().size(1) > context) {
      throw new ShapeException(
          "TransformerClassifier: tokens %s must be (batch, time) with a time up to %d"
              .formatted(numbers.shape(), context));
    }
    Tensor place = positions.weight().slice(0, 0, numbers.shape().size(1)); // (time, dim)
    Tensor h = norm.apply(tokens.apply(numbers, mode).add(place), mode);
    for (TransformerBlock block : blocks) {
      h = block.apply(h, mode);
    }
    Tensor pooled = pooler.apply(h.select(1, 0), mode).tanh(); // (batch, dim)
    return head.apply(pooled, mode);
  }
}
