package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/** A loss of each element of the prediction with its own element of the target. */
record PairLoss(Each each, Reduction reduction) implements Loss {

  /** The formulas; each is told with its factory in {@link Loss}. */
  sealed interface Each {}

  record Squared() implements Each {}

  record Absolute() implements Each {}

  record Huber(double delta) implements Each {}

  record SmoothL1(double beta) implements Each {}

  record Hinge() implements Each {}

  record HingeEmbedding(double margin) implements Each {}

  @Override
  public Tensor apply(Tensor prediction, Tensor target) {
    requireOneShape(each.getClass().getSimpleName(), prediction, target);
    return reduction.of(losses(prediction, target.cast(DType.F32)));
  }

  private Tensor losses(Tensor x, Tensor y) {
    return switch (each) {
      case Squared() -> square(x.sub(y));
      case Absolute() -> x.sub(y).abs();
      case Huber(double delta) -> huber(x.sub(y), delta);
      case SmoothL1(double beta) ->
          beta == 0 ? x.sub(y).abs() : huber(x.sub(y), beta).mul(1 / beta);
      case Hinge() -> x.mul(y).neg().add(1).relu();
      case HingeEmbedding(double margin) -> y.gt(0).where(x, x.neg().add(margin).relu());
    };
  }

  private static Tensor square(Tensor x) {
    return x.mul(x);
  }

  private static Tensor huber(Tensor difference, double delta) {
    Tensor d = difference.abs();
    return d.lt(delta).where(square(difference).mul(0.5), d.sub(0.5 * delta).mul(delta));
  }

  /** (N, 1) and (N,) would broadcast to (N, N) and train on nonsense, so nothing broadcasts. */
  static void requireOneShape(String loss, Tensor prediction, Tensor target) {
    if (!prediction.shape().equals(target.shape())) {
      throw new ShapeException(
          "%s: prediction %s and target %s must have one shape; reshape one of them, prediction.reshape(target.shape()) say"
              .formatted(loss, prediction.shape(), target.shape()));
    }
  }
}
