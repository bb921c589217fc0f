package dev.merapi.nn;

import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * How probable a model of tokens finds texts: x (batch, texts, 2, time) has the tokens of each, and
 * below them those that are to be told, at the places before them, -100 where none is; it becomes
 * {@code Σ ln p} over these, (batch, texts).
 */
public record LogLikelihood(Layer layer) implements Wrapper {
  public static LogLikelihood of(Layer layer) {
    return new LogLikelihood(layer);
  }

  @Override
  public LogLikelihood around(Layer other) {
    return new LogLikelihood(other);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    var shape = x.shape();
    if (shape.rank() != 4 || shape.size(2) != 2) {
      throw new ShapeException(
          "LogLikelihood: x %s must be (batch, texts, 2, time): tokens, and those to be told"
              .formatted(shape));
    }
    int texts = shape.size(0) * shape.size(1);
    Tensor rows = x.reshape(texts, 2, shape.size(3));
    Tensor logits = layer.apply(rows.select(1, 0), mode); // (texts, time, vocabulary)
    Tensor told = rows.select(1, 1).flatten(0, 1);
    Tensor losses = Loss.crossEntropy().reduction(Reduction.NONE).apply(logits.flatten(0, 1), told);
    return losses.reshape(shape.size(0), shape.size(1), shape.size(3)).sum(-1).neg();
  }
}
