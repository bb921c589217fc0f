package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Negative log-likelihood: {@code -w_y x_y} for log-probabilities x, such as a {@link
 * LogSoftmax}'s; with that before it the same as {@link CrossEntropy} of the logits.
 *
 * <p>Log-probabilities (N, C) or (N, C, d…), targets integers (N) or (N, d…). The mean is weighted
 * and leaves out ignored ones. By default no weights, -100 is ignored, the mean.
 *
 * @param weight w, (C)
 * @param ignored the class number that does not count
 */
public record NegativeLogLikelihood(
    Optional<Tensor> weight, OptionalLong ignored, Reduction reduction) implements Loss {

  public static NegativeLogLikelihood of() {
    return new NegativeLogLikelihood(Optional.empty(), OptionalLong.of(-100), Reduction.MEAN);
  }

  /** A weight for each class, (C). */
  public NegativeLogLikelihood weight(Tensor weight) {
    return new NegativeLogLikelihood(Optional.of(weight), ignored, reduction);
  }

  public NegativeLogLikelihood ignored(long classNumber) {
    return new NegativeLogLikelihood(weight, OptionalLong.of(classNumber), reduction);
  }

  public NegativeLogLikelihood reduction(Reduction reduction) {
    return new NegativeLogLikelihood(weight, ignored, reduction);
  }

  @Override
  public Tensor apply(Tensor logProbabilities, Tensor target) {
    Advice.onLogProbabilities("negativeLogLikelihood", logProbabilities).ifPresent(Advice::once);
    var classes = new Classes("negativeLogLikelihood", logProbabilities, target, weight, ignored);
    return reduction.of(classes.select(logProbabilities).neg(), classes.weights());
  }
}
