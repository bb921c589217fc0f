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
import dev.merapi.tensor.Tensor;
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
    var bert =
        Bert.of(
                new Bert.Size(
                    size.vocabulary, size.context, size.dim, size.hidden, size.layers, size.heads),
                key)
            .epsilon(1e-5);
    return new TransformerClassifier(
        bert.tokens(),
        bert.positions(),
        Optional.empty(),
        bert.norm(),
        bert.dropout(),
        bert.blocks(),
        bert.pooler().orElseThrow(),
        Linear.of(size.dim, classes, Init.normal(0, 0.02), key.fold(3)));
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
    var bert = new Bert(tokens, positions, segments, norm, dropout, blocks, Optional.of(pooler));
    Tensor h = bert.apply(new Bert.Text(numbers, parts, mask), mode);
    return head.apply(dropout.apply(bert.pooled(h, mode), mode), mode);
  }
}
