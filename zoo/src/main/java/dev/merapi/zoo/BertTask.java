package dev.merapi.zoo;

import dev.merapi.nn.Activations;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;

/**
 * BERT with what it is for: a head that makes logits of its last layer (Devlin et al., 2019). New
 * heads have weights from N(0, 0.02²), biases zeros and no dropout.
 */
public sealed interface BertTask extends Layer {

  Bert bert();

  /** The task's logits of a batch of texts. */
  Tensor apply(Bert.Text text, Mode mode);

  @Override
  default Tensor apply(Tensor tokens, Mode mode) {
    return apply(Bert.Text.of(tokens), mode);
  }

  /**
   * The head that tells tokens: {@code norm(gelu(dense(h))) Eᵀ + bias} with the tokens' embedding
   * E.
   *
   * @param bias (vocabulary)
   */
  record TokenHead(Linear dense, LayerNorm norm, Parameter bias) {
    public static TokenHead of(Bert bert, Key key) {
      int vocabulary = bert.tokens().weight().shape().size(0);
      int dim = width(bert);
      return new TokenHead(
          Linear.of(dim, dim, Init.normal(0, 0.02), key),
          LayerNorm.of(dim).epsilon(bert.norm().epsilon()),
          Parameter.of(Tensor.zeros(vocabulary)));
    }

    /** (…, dim) → (…, vocabulary). */
    Tensor apply(Tensor h, Bert bert, Mode mode) {
      Tensor y = norm.apply(Activations.gelu(dense.apply(h, mode)), mode);
      return y.matmul(bert.tokens().weight().mT()).add(bias);
    }
  }

  /** Tells tokens that are masked: (batch, time) → (batch, time, vocabulary). */
  record MaskedTokens(Bert bert, TokenHead head) implements BertTask {
    public static MaskedTokens of(Bert bert, Key key) {
      return new MaskedTokens(bert, TokenHead.of(bert, key));
    }

    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      return head.apply(bert.apply(text, mode), bert, mode);
    }
  }

  /** Tells whether the second segment follows the first: (batch, time) → (batch, 2), 0 if so. */
  record NextSentence(Bert bert, Linear head) implements BertTask {
    public static NextSentence of(Bert bert, Key key) {
      return new NextSentence(bert, classes(bert, 2, key));
    }

    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      return head.apply(bert.pooled(bert.apply(text, mode), mode), mode);
    }
  }

  /** What BERT is first trained for: masked tokens, and whether the second segment follows. */
  record PreTraining(Bert bert, TokenHead head, Linear next) implements BertTask {
    public static PreTraining of(Bert bert, Key key) {
      return new PreTraining(bert, TokenHead.of(bert, key.fold(0)), classes(bert, 2, key.fold(1)));
    }

    /** Logits of tokens (batch, time, vocabulary), and of what follows (batch, 2). */
    public record Logits(Tensor tokens, Tensor next) {}

    /** Both, of one pass through the encoder. */
    public Logits logits(Bert.Text text, Mode mode) {
      Tensor h = bert.apply(text, mode);
      return new Logits(head.apply(h, bert, mode), next.apply(bert.pooled(h, mode), mode));
    }

    /** Those of the tokens. */
    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      return logits(text, mode).tokens;
    }
  }

  /** Classifies a text: (batch, time) → (batch, classes). */
  record TextClasses(Bert bert, Dropout dropout, Linear head) implements BertTask {
    public static TextClasses of(Bert bert, int classes, Key key) {
      return new TextClasses(bert, Dropout.of(0), classes(bert, classes, key));
    }

    /** With dropout of what the head reads. */
    public TextClasses dropout(double p) {
      return new TextClasses(bert, Dropout.of(p), head);
    }

    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      Tensor pooled = bert.pooled(bert.apply(text, mode), mode);
      return head.apply(dropout.apply(pooled, mode), mode);
    }
  }

  /** Classifies each token: (batch, time) → (batch, time, classes). */
  record TokenClasses(Bert bert, Dropout dropout, Linear head) implements BertTask {
    public static TokenClasses of(Bert bert, int classes, Key key) {
      return new TokenClasses(bert, Dropout.of(0), classes(bert, classes, key));
    }

    /** With dropout of what the head reads. */
    public TokenClasses dropout(double p) {
      return new TokenClasses(bert, Dropout.of(p), head);
    }

    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      return head.apply(dropout.apply(bert.apply(text, mode), mode), mode);
    }
  }

  /** Finds an answer in a text: (batch, time) → (batch, time, 2), logits of its start and end. */
  record AnswerSpan(Bert bert, Linear head) implements BertTask {
    public static AnswerSpan of(Bert bert, Key key) {
      return new AnswerSpan(bert, classes(bert, 2, key));
    }

    @Override
    public Tensor apply(Bert.Text text, Mode mode) {
      return head.apply(bert.apply(text, mode), mode);
    }
  }

  private static Linear classes(Bert bert, int count, Key key) {
    return Linear.of(width(bert), count, Init.normal(0, 0.02), key);
  }

  private static int width(Bert bert) {
    return bert.norm().weight().shape().size(0);
  }
}
