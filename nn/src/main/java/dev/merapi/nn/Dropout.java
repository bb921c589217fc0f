package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;

/**
 * In training each element is 0 with probability p, and the others are divided by 1 - p (Srivastava
 * et al., 2014, inverted); in evaluation all stay as they are.
 */
public record Dropout(double p) implements Layer {
  public Dropout {
    if (!(p >= 0 && p < 1)) {
      throw new MerapiException("the probability of a dropout must be in [0, 1), not " + p);
    }
  }

  public static Dropout of(double p) {
    return new Dropout(p);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return switch (mode) {
      case Mode.Evaluation _ -> x;
      case Mode.Training _ when p == 0 -> x;
      case Mode.Training pass -> {
        Tensor kept = pass.nextKey().bernoulli(1 - p, x.shape().toArray());
        yield kept.where(x.mul(1 / (1 - p)), 0);
      }
    };
  }
}
