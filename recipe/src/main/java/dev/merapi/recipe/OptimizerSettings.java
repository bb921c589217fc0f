package dev.merapi.recipe;

import dev.merapi.optim.Optimizer;

/** The rule by which a recipe's parameters follow their gradients. */
public sealed interface OptimizerSettings {

  /** The rule. */
  Optimizer build();

  /** See {@link dev.merapi.optim.Sgd}. */
  record Sgd(
      @Default("0.01") @Range(from = 0) double learningRate,
      @Default("0") @Range(from = 0) double momentum,
      @Default("0") double dampening,
      @Default("false") boolean nesterov,
      @Default("0") @Range(from = 0) double weightDecay)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return new dev.merapi.optim.Sgd(
          learningRate, momentum, dampening, nesterov, weightDecay, false);
    }
  }

  /** See {@link dev.merapi.optim.Adam}. */
  record Adam(
      @Default("0.001") @Range(from = 0) double learningRate,
      @Default("0.9") double beta1,
      @Default("0.999") double beta2,
      @Default("1e-8") @Range(from = 0) double epsilon,
      @Default("0") @Range(from = 0) double weightDecay,
      @Default("false") boolean amsgrad)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return new dev.merapi.optim.Adam(
          learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, false);
    }
  }

  /** See {@link dev.merapi.optim.AdamW}. */
  record Adamw(
      @Default("0.001") @Range(from = 0) double learningRate,
      @Default("0.9") double beta1,
      @Default("0.999") double beta2,
      @Default("1e-8") @Range(from = 0) double epsilon,
      @Default("0.01") @Range(from = 0) double weightDecay,
      @Default("false") boolean amsgrad)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return new dev.merapi.optim.AdamW(
          learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, false);
    }
  }

  /** See {@link dev.merapi.optim.RmsProp}. */
  record Rmsprop(
      @Default("0.01") @Range(from = 0) double learningRate,
      @Default("0.99") double smoothing,
      @Default("1e-8") @Range(from = 0) double epsilon,
      @Default("false") boolean centered,
      @Default("0") @Range(from = 0) double momentum,
      @Default("0") @Range(from = 0) double weightDecay)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return new dev.merapi.optim.RmsProp(
          learningRate, smoothing, epsilon, centered, momentum, weightDecay, false);
    }
  }

  /** See {@link dev.merapi.optim.Adagrad}. */
  record Adagrad(
      @Default("0.01") @Range(from = 0) double learningRate,
      @Default("0") @Range(from = 0) double rateDecay,
      @Default("0") @Range(from = 0) double weightDecay,
      @Default("0") @Range(from = 0) double initialSum,
      @Default("1e-10") @Range(from = 0) double epsilon)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return new dev.merapi.optim.Adagrad(
          learningRate, rateDecay, weightDecay, initialSum, epsilon, false);
    }
  }

  /** See {@link dev.merapi.optim.Lion}. */
  record Lion(
      @Default("0.0001") @Range(from = 0) double learningRate,
      @Default("0.9") double beta1,
      @Default("0.99") double beta2,
      @Default("0") @Range(from = 0) double weightDecay)
      implements OptimizerSettings {
    @Override
    public Optimizer build() {
      return dev.merapi.optim.Lion.of(learningRate).betas(beta1, beta2).weightDecay(weightDecay);
    }
  }
}
