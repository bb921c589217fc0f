package dev.merapi.zoo;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * {@link BertTask.AnswerSpan} for training: of x (batch, 2, time), tokens and their segments, to
 * (batch, 2, time), the logits of each place to be the answer's first token and its last.
 */
public record AnswerFinder(Bert bert, Linear head) implements Layer {
  /** With a new head. */
  public static AnswerFinder of(Bert bert, Key key) {
    return of(BertTask.AnswerSpan.of(bert, key));
  }

  /** With that of a task. */
  public static AnswerFinder of(BertTask.AnswerSpan task) {
    return new AnswerFinder(task.bert(), task.head());
  }

  /** The task without segments below the tokens. */
  public BertTask.AnswerSpan task() {
    return new BertTask.AnswerSpan(bert, head);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    if (x.shape().rank() != 3 || x.shape().size(1) != 2) {
      throw new ShapeException(
          "AnswerFinder: x %s must be (batch, 2, time): tokens, and the segment of each"
              .formatted(x.shape()));
    }
    var text = new Bert.Text(x.select(1, 0), Optional.of(x.select(1, 1)), Optional.empty());
    return task().apply(text, mode).mT(); // (batch, 2, time)
  }
}
