package dev.merapi.train;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * What is measured beside the loss: the mean, over all samples, of a number for each.
 *
 * <p>It is a part of the graph that computes the loss, so it costs no second forward pass. A metric
 * of your own is one record.
 */
public interface Metric {
  /** Its name in {@code train_…}, {@code val_…} and {@code test_…}: letters and underscores. */
  String name();

  /** The sum over the samples of a batch: (batch, …), (batch, …) → (). */
  Tensor total(Tensor prediction, Tensor target);

  /** Whether more of it is better. */
  boolean greatestIsBest();

  /**
   * The share of samples whose greatest logit is that of their class: (batch, classes), (batch); or
   * that of their most probable class, (batch, classes). Of samples that have several, (batch, …,
   * classes), (batch, …), the mean share. Negative classes, such as the -100 that cross-entropy
   * ignores, do not count; where there are some, it is the mean of the batches' shares.
   */
  static Metric accuracy() {
    return new Accuracy();
  }

  /** The share of logits on the right side of 0, for targets 0 and 1 of the same shape. */
  static Metric binaryAccuracy() {
    return new BinaryAccuracy();
  }

  /** {@code mean (prediction - target)²}. */
  static Metric meanSquaredError() {
    return new MeanSquaredError();
  }

  /** {@code mean |prediction - target|}. */
  static Metric meanAbsoluteError() {
    return new MeanAbsoluteError();
  }

  /** See {@link #accuracy}. */
  record Accuracy() implements Metric {
    @Override
    public String name() {
      return "accuracy";
    }

    @Override
    public Tensor total(Tensor prediction, Tensor target) {
      if (prediction.shape().size(-1) == 1) {
        throw new ShapeException(
            "accuracy: the prediction %s has one number a sample, so its greatest is always right; for yes or no use binaryAccuracy"
                .formatted(prediction.shape()));
      }
      // Classes that are mixed come as probabilities: the most probable one is meant.
      var of = target.dtype().isFloat() ? target.argmax(-1) : target;
      var right = prediction.argmax(-1).eq(of).cast(DType.F32);
      var counted = of.ge(0).cast(DType.F32).sum().max(Tensor.ones());
      return right.sum().mul(of.shape().size(0)).div(counted);
    }

    @Override
    public boolean greatestIsBest() {
      return true;
    }
  }

  /** See {@link #binaryAccuracy}. */
  record BinaryAccuracy() implements Metric {
    @Override
    public String name() {
      return "accuracy";
    }

    @Override
    public Tensor total(Tensor prediction, Tensor target) {
      return overSamples(prediction.gt(0).eq(target.gt(0.5)).cast(DType.F32));
    }

    @Override
    public boolean greatestIsBest() {
      return true;
    }
  }

  /** See {@link #meanSquaredError}. */
  record MeanSquaredError() implements Metric {
    @Override
    public String name() {
      return "mse";
    }

    @Override
    public Tensor total(Tensor prediction, Tensor target) {
      var difference = prediction.sub(target);
      return overSamples(difference.mul(difference));
    }

    @Override
    public boolean greatestIsBest() {
      return false;
    }
  }

  /** See {@link #meanAbsoluteError}. */
  record MeanAbsoluteError() implements Metric {
    @Override
    public String name() {
      return "mae";
    }

    @Override
    public Tensor total(Tensor prediction, Tensor target) {
      return overSamples(prediction.sub(target).abs());
    }

    @Override
    public boolean greatestIsBest() {
      return false;
    }
  }

  private static Tensor overSamples(Tensor values) {
    int samples = values.shape().size(0);
    var sum = values.sum();
    return values.shape().rank() == 1 ? sum : sum.mul((double) samples / values.shape().elements());
  }
}
