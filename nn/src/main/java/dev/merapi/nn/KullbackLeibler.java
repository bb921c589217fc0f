package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Kullback-Leibler divergence {@code y (log y - x)} of log-probabilities x from a target
 * distribution y; 0 where y is 0.
 *
 * <p>The mean over all elements is PyTorch's default and ours; {@link Reduction#BATCH_MEAN} is the
 * divergence as books have it.
 *
 * @param logTarget whether the target holds log y
 */
public record KullbackLeibler(boolean logTarget, Reduction reduction) implements Loss {

  public static KullbackLeibler of() {
    return new KullbackLeibler(false, Reduction.MEAN);
  }

  /** For targets that are logarithms. */
  public KullbackLeibler ofLogTarget() {
    return new KullbackLeibler(true, reduction);
  }

  public KullbackLeibler reduction(Reduction reduction) {
    return new KullbackLeibler(logTarget, reduction);
  }

  @Override
  public Tensor apply(Tensor logProbabilities, Tensor target) {
    Advice.onLogProbabilities("kullbackLeibler", logProbabilities).ifPresent(Advice::once);
    PairLoss.requireOneShape("kullbackLeibler", logProbabilities, target);
    if (logTarget) {
      return reduction.of(target.exp().mul(target.sub(logProbabilities)));
    }
    Tensor some = target.gt(0);
    Tensor y = some.where(target, 1); // log 0 is never taken, nor its gradient
    return reduction.of(some.where(y.log().sub(logProbabilities).mul(y), 0));
  }
}
