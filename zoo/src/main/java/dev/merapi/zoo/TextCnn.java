package dev.merapi.zoo;

import dev.merapi.nn.Conv;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Lengths;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Classifies texts by their best matches of learned phrases (Kim, "Convolutional Neural Networks
 * for Sentence Classification", 2014): tokens {@code (batch, time) → (batch, classes)}, logits.
 *
 * <p>Of each convolution over a few tokens in a row the greatest output over the text counts. What
 * fills a text up is no part of it: its logits do not depend on the texts beside it.
 */
public record TextCnn(Embedding tokens, List<Conv> phrases, Dropout dropout, Linear head)
    implements Layer {
  public TextCnn {
    phrases = List.copyOf(phrases);
    if (tokens.padding().isEmpty()) {
      throw new MerapiException("TextCnn: its embedding must name the token that fills texts up");
    }
  }

  /**
   * How large it is.
   *
   * @param vocabulary how many tokens there are
   * @param padding the token that fills shorter texts up
   * @param dim the length of a token's vector
   * @param widths how many tokens in a row the convolutions see, one for each kind: 3, 4, 5
   * @param channels phrases of each width
   */
  public record Size(
      int vocabulary, int padding, int dim, List<Integer> widths, int channels, int classes) {
    public Size {
      widths = List.copyOf(widths);
    }
  }

  /** Vectors of tokens from N(0, 0.1²), no dropout. */
  public static TextCnn of(Size size, Key key) {
    List<Conv> phrases = new ArrayList<>();
    for (int width : size.widths) {
      phrases.add(Conv.of1d(size.dim, size.channels, width, key.fold(2).fold(phrases.size())));
    }
    return new TextCnn(
        Embedding.withPadding(
            size.vocabulary, size.dim, size.padding, Init.normal(0, 0.1), key.fold(0)),
        phrases,
        Dropout.of(0),
        Linear.of(size.widths.size() * size.channels, size.classes, key.fold(1)));
  }

  /** With dropout of what the head reads. */
  public TextCnn dropout(double p) {
    return new TextCnn(tokens, phrases, Dropout.of(p), head);
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    int time = numbers.shape().size(1);
    Tensor counts = Lengths.of(numbers, tokens.padding().getAsInt()).counts().unsqueeze(1);
    Tensor x = tokens.apply(numbers, mode).mT(); // (batch, dim, time)
    Tensor at = Tensor.arange(time);
    List<Tensor> best = new ArrayList<>();
    for (Conv conv : phrases) {
      int width = conv.weight().shape().size(2);
      Tensor y = conv.apply(x.pad(2, 0, width - 1, 0), mode).relu(); // (batch, channels, time)
      // A phrase begins so that it ends with the text; in a shorter text, with the text.
      Tensor begins = at.le(counts.sub(width).max(Tensor.constant(DType.I32, 0))).unsqueeze(1);
      best.add(begins.where(y, 0).max(-1));
    }
    return head.apply(dropout.apply(Tensor.concat(-1, best), mode), mode);
  }
}
