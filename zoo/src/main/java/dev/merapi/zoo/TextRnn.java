package dev.merapi.zoo;

import dev.merapi.nn.Bidirectional;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Lengths;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Reads texts from both ends and classifies them by what it remembers: tokens {@code (batch, time)
 * → (batch, classes)}, logits.
 *
 * <p>What fills a text up is not read: its logits do not depend on the texts beside it.
 */
public record TextRnn(Embedding tokens, Bidirectional reader, Dropout dropout, Linear head)
    implements Layer {
  public TextRnn {
    if (tokens.padding().isEmpty()) {
      throw new MerapiException("TextRnn: its embedding must name the token that fills texts up");
    }
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are
   * @param padding the token that fills shorter texts up
   * @param dim the length of a token's vector
   * @param hidden numbers that each direction remembers
   * @param layers of the reader
   */
  public record Size(int vocabulary, int padding, int dim, int hidden, int layers, int classes) {}

  /**
   * Vectors of tokens from N(0, 0.1²), no dropout.
   *
   * @param maker of the layers: {@code LstmLayer::of}
   */
  public static TextRnn of(Size size, Bidirectional.Maker maker, Key key) {
    return new TextRnn(
        Embedding.withPadding(
            size.vocabulary, size.dim, size.padding, Init.normal(0, 0.1), key.fold(0)),
        Bidirectional.of(size.dim, size.hidden, size.layers, maker, key.fold(1)),
        Dropout.of(0),
        Linear.of(2 * size.hidden, size.classes, key.fold(2)));
  }

  /** With dropout of the tokens' vectors, between layers, and of what the head reads. */
  public TextRnn dropout(double p) {
    return new TextRnn(tokens, reader.dropout(p), Dropout.of(p), head);
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    var lengths = Lengths.of(numbers, tokens.padding().getAsInt());
    Tensor x = dropout.apply(tokens.apply(numbers, mode), mode);
    Tensor last = reader.run(x, Optional.of(lengths), mode).last();
    return head.apply(dropout.apply(last, mode), mode);
  }
}
