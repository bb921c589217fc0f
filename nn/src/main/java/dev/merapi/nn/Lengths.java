package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * How long each sequence of a batch is, where shorter ones are filled up at their ends: what lies
 * there is never read.
 *
 * @param counts (batch), from 1 to the time of the batch
 */
public record Lengths(Tensor counts) {
  public Lengths {
    if (counts.shape().rank() != 1 || counts.dtype().isFloat()) {
      throw new ShapeException(
          "Lengths: %s of %s must be integers (batch), one for each sequence"
              .formatted(counts.shape(), counts.dtype()));
    }
  }

  /** Of texts (batch, time) that are filled up with a token; one of nothing else counts as 1. */
  public static Lengths of(Tensor tokens, int padding) {
    return new Lengths(
        tokens.ne(padding).cast(DType.I32).sum(1).max(Tensor.constant(DType.I32, 1)));
  }

  /** True where there is something: (batch, time). */
  public Tensor mask(int time) {
    return Tensor.arange(time).lt(counts.unsqueeze(1));
  }

  /** Zeros behind the ends: (batch, time, n) → the same. */
  public Tensor cut(Tensor x) {
    return mask(x.shape().size(1)).unsqueeze(-1).where(x, 0);
  }

  /** The last of each sequence: (batch, time, n) → (batch, n). */
  public Tensor last(Tensor x) {
    return rows(x, counts.sub(1).unsqueeze(1)).squeeze(1);
  }

  /** Each sequence from its end to its begin, and then what lies behind it, as it is. */
  public Tensor reversed(Tensor x) {
    Tensor at = Tensor.arange(x.shape().size(1));
    Tensor ends = counts.unsqueeze(1);
    return rows(x, at.lt(ends).where(ends.sub(1).sub(at), at));
  }

  /** Some times of each sequence: x (batch, time, n), times (batch, k) → (batch, k, n). */
  private static Tensor rows(Tensor x, Tensor times) {
    int batch = x.shape().size(0);
    Tensor begins = Tensor.arange(batch).mul(x.shape().size(1)).unsqueeze(1);
    return x.flatten(0, 1).take(times.add(begins), 0);
  }
}
