package dev.merapi.zoo;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Packing;
import dev.merapi.nn.TransformerBlock;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * BERT (Devlin et al., 2019), a Transformer encoder: tokens {@code (batch, time) → (batch, time,
 * dim)}. What it is for stands on top of it: {@link BertTask}.
 *
 * <p>Embeddings of tokens, positions and, where there are some, segments are added and normalised,
 * and post-norm blocks follow.
 *
 * @param pooler of the first token's place, for tasks about a whole text
 */
public record Bert(
    Embedding tokens,
    Embedding positions,
    Optional<Embedding> segments,
    LayerNorm norm,
    Dropout dropout,
    List<TransformerBlock> blocks,
    Optional<Linear> pooler)
    implements Layer {
  public Bert {
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
  public record Size(int vocabulary, int context, int dim, int hidden, int layers, int heads) {
    /** The smaller published one: 109,482,240 parameters with its pooler. */
    public static final Size BASE = new Size(30_522, 512, 768, 3072, 12, 12);
  }

  /**
   * A batch of texts.
   *
   * @param tokens (batch, time)
   * @param segments (batch, time), the number of each token's segment; where it is empty, 0
   * @param mask (batch, time), true where there is a token and false behind a text's end; where it
   *     is empty, all are there
   */
  public record Text(Tensor tokens, Optional<Tensor> segments, Optional<Tensor> mask) {
    public static Text of(Tensor tokens) {
      return new Text(tokens, Optional.empty(), Optional.empty());
    }

    public Text segments(Tensor segments) {
      return new Text(tokens, Optional.of(segments), mask);
    }

    public Text mask(Tensor mask) {
      return new Text(tokens, segments, Optional.of(mask));
    }
  }

  /**
   * Weights from N(0, 0.02²), biases zeros, ε = 10⁻¹², exact GELU, two segments, a pooler, no
   * dropout.
   */
  public static Bert of(Size size, Key key) {
    List<TransformerBlock> blocks = new ArrayList<>();
    for (int i = 0; i < size.layers; i++) {
      Key own = key.fold(4).fold(i);
      var block = TransformerBlock.of(size.dim, size.heads, size.hidden, own).postNorm();
      blocks.add(Gpt.initialised(block, 0.02, 0.02, own));
    }
    Init init = Init.normal(0, 0.02);
    return new Bert(
            Embedding.of(size.vocabulary, size.dim, init, key.fold(0)),
            Embedding.of(size.context, size.dim, init, key.fold(1)),
            Optional.empty(),
            LayerNorm.of(size.dim),
            Dropout.of(0),
            blocks,
            Optional.of(Linear.of(size.dim, size.dim, init, key.fold(2))))
        .epsilon(1e-12)
        .segments(2, key.fold(5));
  }

  /** With an embedding for each of some segments of a text, such as a question and its answer. */
  public Bert segments(int count, Key key) {
    var drawn = Embedding.of(count, norm.weight().shape().size(0), Init.normal(0, 0.02), key);
    return new Bert(tokens, positions, Optional.of(drawn), norm, dropout, blocks, pooler);
  }

  /** Texts are filled up with a token that is not read, where no mask says otherwise. */
  public Bert padding(int token) {
    var filled = new Embedding(tokens.weight(), OptionalInt.of(token));
    return new Bert(filled, positions, segments, norm, dropout, blocks, pooler);
  }

  /** Without what is for whole texts. */
  public Bert withoutPooler() {
    return new Bert(tokens, positions, segments, norm, dropout, blocks, Optional.empty());
  }

  /** With another ε in all norms. */
  public Bert epsilon(double epsilon) {
    var changed = blocks.stream().map(block -> block.epsilon(epsilon)).toList();
    return new Bert(tokens, positions, segments, norm.epsilon(epsilon), dropout, changed, pooler);
  }

  /** With another function in the feed-forward networks. */
  public Bert activation(Layer activation) {
    var changed =
        blocks.stream().map(b -> b.feedForward(network -> network.activation(activation))).toList();
    return new Bert(tokens, positions, segments, norm, dropout, changed, pooler);
  }

  /** With dropout of embeddings, of attention and of what the blocks add. */
  public Bert dropout(double p) {
    var changed = blocks.stream().map(block -> block.dropout(p)).toList();
    return new Bert(tokens, positions, segments, norm, Dropout.of(p), changed, pooler);
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    return apply(Text.of(numbers), mode);
  }

  /** Of texts that are shorter than others, or have segments. */
  public Tensor apply(Text text, Mode mode) {
    Packing.refuse("Bert", mode);
    Tensor numbers = text.tokens;
    int context = positions.weight().shape().size(0);
    if (numbers.shape().rank() != 2 || numbers.shape().size(1) > context) {
      throw new ShapeException(
          "Bert: tokens %s must be (batch, time) with a time up to %d, its context"
              .formatted(numbers.shape(), context));
    }
    Tensor place = positions.weight().slice(0, 0, numbers.shape().size(1)); // (time, dim)
    Tensor sum = tokens.apply(numbers, mode).add(place);
    if (segments.isPresent()) {
      Tensor weight = segments.get().weight();
      sum =
          sum.add(text.segments.isPresent() ? weight.take(text.segments.get(), 0) : weight.get(0));
    }
    Tensor h = dropout.apply(norm.apply(sum, mode), mode);
    Optional<Tensor> mask =
        text.mask.or(() -> tokens.padding().stream().mapToObj(numbers::ne).findFirst());
    for (TransformerBlock block : blocks) {
      h = block.apply(h, mode, x -> block.attention().apply(x, mask, mode));
    }
    return h;
  }

  /**
   * What tells of a whole text, from the first token's place: (batch, time, dim) → (batch, dim).
   */
  public Tensor pooled(Tensor h, Mode mode) {
    Linear dense =
        pooler.orElseThrow(
            () ->
                new MerapiException(
                    "Bert: this model has no pooler, which tasks about whole texts need; open one"
                        + " that has, or build one with Bert.of"));
    return dense.apply(h.select(1, 0), mode).tanh();
  }
}
