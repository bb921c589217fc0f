package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * How far a prediction is from its target: one number, to be made small.
 *
 * <p>In the formulas {@code x} is the prediction, {@code y} the target, {@code N} the number of
 * elements. Unless it says otherwise a loss wants both of one shape, and takes the mean.
 */
@FunctionalInterface
public interface Loss {

  /** The loss as a scalar, or of each element with {@link Reduction#NONE}. */
  Tensor apply(Tensor prediction, Tensor target);

  /**
   * How much the loss of a batch weighs beside those of others, so that several together are as one
   * large batch: the number of its samples, where a loss does not know better.
   */
  default double counted(Tensor target) {
    return target.shape().rank() == 0 ? 1 : target.shape().size(0);
  }

  /** Mean squared error: {@code Σ(x - y)² / N}. */
  static Loss mse() {
    return mse(Reduction.MEAN);
  }

  /** Squared error {@code (x - y)²}. */
  static Loss mse(Reduction reduction) {
    return new PairLoss(new PairLoss.Squared(), reduction);
  }

  /** Mean absolute error: {@code Σ|x - y| / N}. */
  static Loss mae() {
    return mae(Reduction.MEAN);
  }

  /** Absolute error {@code |x - y|}. */
  static Loss mae(Reduction reduction) {
    return new PairLoss(new PairLoss.Absolute(), reduction);
  }

  /** See {@link #huber(double, Reduction)}; the mean. */
  static Loss huber(double delta) {
    return huber(delta, Reduction.MEAN);
  }

  /** Huber (1964): {@code ½ d²} for {@code d = |x - y| < δ}, beyond it {@code δ (d - ½ δ)}. */
  static Loss huber(double delta, Reduction reduction) {
    return new PairLoss(new PairLoss.Huber(delta), reduction);
  }

  /** See {@link #smoothL1(double, Reduction)}; the mean. */
  static Loss smoothL1(double beta) {
    return smoothL1(beta, Reduction.MEAN);
  }

  /** {@link #huber} divided by its β: {@code ½ d² / β}, beyond it {@code d - ½ β}. */
  static Loss smoothL1(double beta, Reduction reduction) {
    return new PairLoss(new PairLoss.SmoothL1(beta), reduction);
  }

  /** Hinge: {@code max(0, 1 - y x)} with targets -1 and 1. */
  static Loss hinge() {
    return hinge(Reduction.MEAN);
  }

  /** Hinge: {@code max(0, 1 - y x)} with targets -1 and 1. */
  static Loss hinge(Reduction reduction) {
    return new PairLoss(new PairLoss.Hinge(), reduction);
  }

  /**
   * {@code x} where the target is 1, {@code max(0, margin - x)} where it is -1: x is a distance.
   */
  static Loss hingeEmbedding(double margin, Reduction reduction) {
    return new PairLoss(new PairLoss.HingeEmbedding(margin), reduction);
  }

  /** See {@link CrossEntropy}. */
  static CrossEntropy crossEntropy() {
    return CrossEntropy.of();
  }

  /** See {@link BinaryCrossEntropy}. */
  static BinaryCrossEntropy binaryCrossEntropy() {
    return BinaryCrossEntropy.of();
  }

  /** See {@link NegativeLogLikelihood}. */
  static NegativeLogLikelihood negativeLogLikelihood() {
    return NegativeLogLikelihood.of();
  }

  /** See {@link KullbackLeibler}. */
  static KullbackLeibler kullbackLeibler() {
    return KullbackLeibler.of();
  }
}
