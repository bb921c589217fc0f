package dev.merapi.zoo;

import dev.merapi.nn.DecoderBlock;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.FeedForward;
import dev.merapi.nn.Init;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Relu;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.TransformerBlock;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A Transformer that turns texts into others, such as translations (Vaswani et al., "Attention Is
 * All You Need", 2017).
 *
 * <p>One embedding serves sources, targets and the head: it is multiplied by √dim where it is read.
 * Positions are sines and cosines. Encoder and decoder end with a norm, as torch.nn.Transformer's
 * do.
 */
public record Seq2Seq(
    Embedding tokens,
    SinusoidalPositions positions,
    Dropout dropout,
    List<TransformerBlock> encoder,
    LayerNorm encoderNorm,
    List<DecoderBlock> decoder,
    LayerNorm decoderNorm)
    implements EncoderDecoder {
  public Seq2Seq {
    encoder = List.copyOf(encoder);
    decoder = List.copyOf(decoder);
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are, of both languages together
   * @param padding the token that fills texts up, and is never read
   * @param dim the width, an even number
   * @param hidden the width inside the feed-forward networks
   * @param layers blocks of the encoder, and as many of the decoder
   */
  public record Size(int vocabulary, int padding, int dim, int hidden, int layers, int heads) {}

  /**
   * Pre-norm, ReLU, no dropout. The embedding from N(0, 1/dim), other weights by Xavier's uniform
   * rule, biases zeros.
   */
  public static Seq2Seq of(Size size, Key key) {
    Init vectors = Init.normal(0, 1 / Math.sqrt(size.dim));
    return new Seq2Seq(
        Embedding.withPadding(size.vocabulary, size.dim, size.padding, vectors, key.fold(0)),
        SinusoidalPositions.of(size.dim),
        Dropout.of(0),
        IntStream.range(0, size.layers).mapToObj(i -> encoding(size, key.fold(1).fold(i))).toList(),
        LayerNorm.of(size.dim),
        IntStream.range(0, size.layers).mapToObj(i -> decoding(size, key.fold(2).fold(i))).toList(),
        LayerNorm.of(size.dim));
  }

  private static TransformerBlock encoding(Size size, Key key) {
    return TransformerBlock.of(size.dim, size.heads, size.hidden, key)
        .attention(
            a -> a.weights(drawn(a.projection(), key.fold(2)), drawn(a.output(), key.fold(3))))
        .feedForward(f -> drawn(f, key.fold(4)));
  }

  private static DecoderBlock decoding(Size size, Key key) {
    return DecoderBlock.of(size.dim, size.heads, size.hidden, key)
        .attention(
            a -> a.weights(drawn(a.projection(), key.fold(3)), drawn(a.output(), key.fold(4))),
            a ->
                a.weights(
                    drawn(a.query(), key.fold(5)),
                    drawn(a.keyValue(), key.fold(6)),
                    drawn(a.output(), key.fold(7))))
        .feedForward(f -> drawn(f, key.fold(8)));
  }

  private static FeedForward drawn(FeedForward like, Key key) {
    return new FeedForward(
        drawn(like.up(), key.fold(0)), Relu.of(), drawn(like.down(), key.fold(1)));
  }

  private static Linear drawn(Linear like, Key key) {
    Shape shape = like.weight().shape();
    return Linear.of(shape.size(1), shape.size(0), Init.xavierUniform(1), key);
  }

  /** Normalises sums, as the paper does. */
  public Seq2Seq postNorm() {
    return new Seq2Seq(
        tokens,
        positions,
        dropout,
        encoder.stream().map(TransformerBlock::postNorm).toList(),
        encoderNorm,
        decoder.stream().map(DecoderBlock::postNorm).toList(),
        decoderNorm);
  }

  /** With dropout of embeddings, of attention and of what the blocks add. */
  public Seq2Seq dropout(double p) {
    return new Seq2Seq(
        tokens,
        positions,
        Dropout.of(p),
        encoder.stream().map(block -> block.dropout(p)).toList(),
        encoderNorm,
        decoder.stream().map(block -> block.dropout(p)).toList(),
        decoderNorm);
  }

  @Override
  public Source encode(Tensor numbers, Mode mode) {
    Tensor mask = numbers.ne(tokens.padding().orElseThrow());
    Tensor h = embed(numbers, mode);
    for (TransformerBlock block : encoder) {
      h = block.apply(h, mode, x -> block.attention().apply(x, Optional.of(mask), mode));
    }
    return new Source(encoderNorm.apply(h, mode), mask);
  }

  /** Continued from a memory, it looks at the source by what its first pass saw of it. */
  @Override
  public Tensor decode(Tensor numbers, Source source, Mode mode) {
    Tensor h = embed(numbers, mode);
    for (DecoderBlock block : decoder) {
      h = block.apply(h, source.states(), Optional.of(source.mask()), mode);
    }
    return decoderNorm.apply(h, mode).matmul(tokens.weight().mT());
  }

  private Tensor embed(Tensor numbers, Mode mode) {
    double scale = Math.sqrt(positions.dim());
    return dropout.apply(positions.apply(tokens.apply(numbers, mode).mul(scale), mode), mode);
  }
}
