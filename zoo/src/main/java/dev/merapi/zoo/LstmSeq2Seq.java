package dev.merapi.zoo;

import dev.merapi.nn.Bidirectional;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Lengths;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.LstmLayer;
import dev.merapi.nn.LuongAttention;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The elder of {@link Seq2Seq}: an LSTM reads each text from both ends, and another writes what it
 * becomes, with attention to all that was read (Bahdanau et al., "Neural Machine Translation by
 * Jointly Learning to Align and Translate", 2015; the attention is that of Luong et al., 2015).
 *
 * <p>The decoder begins with what the encoder's backward layer put out at a text's first token, as
 * Bahdanau's does: {@code h, c = tanh(W b₁ + v)} of each of its layers. It is not told what its
 * attention said before (no input feeding); so in training its LSTM runs over all tokens of the
 * targets at once, and attention is one product.
 *
 * <p>One embedding serves sources, targets and the head: it is multiplied by √dim where it is read.
 *
 * @param encoder its outputs are what attention looks at
 * @param bridge hidden → 2 · layers · hidden, h and c of the decoder's first layer first
 * @param attention its outputs are as wide as the embedding
 */
public record LstmSeq2Seq(
    Embedding tokens,
    Dropout dropout,
    Bidirectional encoder,
    Linear bridge,
    Lstm decoder,
    LuongAttention attention)
    implements EncoderDecoder {
  public LstmSeq2Seq {
    if (tokens.padding().isEmpty()) {
      throw new MerapiException(
          "LstmSeq2Seq: its embedding must name the token that fills texts up");
    }
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are, of both languages together
   * @param padding the token that fills texts up, and is never read
   * @param dim the length of a token's vector
   * @param hidden numbers that each direction of the encoder remembers, and the decoder
   * @param layers of the encoder, and as many of the decoder
   */
  public record Size(int vocabulary, int padding, int dim, int hidden, int layers) {}

  /** No dropout. The embedding from N(0, 1/dim), other weights as their layers draw them. */
  public static LstmSeq2Seq of(Size size, Key key) {
    Init vectors = Init.normal(0, 1 / Math.sqrt(size.dim));
    int hidden = size.hidden;
    return new LstmSeq2Seq(
        Embedding.withPadding(size.vocabulary, size.dim, size.padding, vectors, key.fold(0)),
        Dropout.of(0),
        Bidirectional.of(size.dim, hidden, size.layers, LstmLayer::of, key.fold(1)),
        Linear.of(hidden, 2 * size.layers * hidden, key.fold(2)),
        Lstm.of(size.dim, hidden, size.layers, key.fold(3)),
        LuongAttention.of(hidden, 2 * hidden, size.dim, key.fold(4)));
  }

  /** With dropout of embeddings, between layers, and of what the head reads. */
  public LstmSeq2Seq dropout(double p) {
    return new LstmSeq2Seq(
        tokens, Dropout.of(p), encoder.dropout(p), bridge, decoder.dropout(p), attention);
  }

  @Override
  public Source encode(Tensor numbers, Mode mode) {
    int padding = tokens.padding().getAsInt();
    var lengths = Lengths.of(numbers, padding);
    Tensor states = encoder.run(embed(numbers, mode), Optional.of(lengths), mode).outputs();
    return new Source(states, numbers.ne(padding));
  }

  /** Continued from a memory, its LSTM goes on from its own state. */
  @Override
  public Tensor decode(Tensor numbers, Source source, Mode mode) {
    Tensor h = decoder.run(embed(numbers, mode), begin(source, mode), mode).outputs();
    Tensor y = attention.apply(h, source.states(), Optional.of(source.mask()), mode);
    return dropout.apply(y, mode).matmul(tokens.weight().mT());
  }

  /** h and c of each layer of the decoder, (batch, hidden), by what was read backwards. */
  private List<Tensor> begin(Source source, Mode mode) {
    int hidden = bridge.weight().shape().size(1);
    Tensor first = source.states().select(1, 0).slice(-1, hidden, 2 * hidden);
    Tensor all = bridge.apply(first, mode).tanh();
    List<Tensor> states = new ArrayList<>();
    for (int from = 0; from < all.shape().size(1); from += hidden) {
      states.add(all.slice(-1, from, from + hidden));
    }
    return states;
  }

  private Tensor embed(Tensor numbers, Mode mode) {
    double scale = Math.sqrt(tokens.weight().shape().size(1));
    return dropout.apply(tokens.apply(numbers, mode).mul(scale), mode);
  }
}
