package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * Lion (Chen et al., 2023): only the sign of the direction counts, so half of Adam's state.
 *
 * <pre>
 * c = β₁ m + (1 - β₁) g
 * θ ← θ - γ (sign c + λ θ)
 * m ← β₂ m + (1 - β₂) g
 * </pre>
 *
 * <p>By default γ = 0.0001, β = (0.9, 0.99), λ = 0. A good γ is three to ten times smaller than
 * {@link AdamW}'s, and λ as much larger.
 */
public record Lion(double learningRate, double beta1, double beta2, double weightDecay)
    implements Optimizer {
  private static final String MOMENTUM = "momentum";

  public Lion {
    Checks.atLeast("learning rate", learningRate, 0);
    Checks.fraction("β₁", beta1);
    Checks.fraction("β₂", beta2);
    Checks.atLeast("weight decay", weightDecay, 0);
  }

  public static Lion of(double learningRate) {
    return new Lion(learningRate, 0.9, 0.99, 0);
  }

  public Lion betas(double beta1, double beta2) {
    return new Lion(learningRate, beta1, beta2, weightDecay);
  }

  public Lion weightDecay(double weightDecay) {
    return new Lion(learningRate, beta1, beta2, weightDecay);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    return Map.of(MOMENTUM, Optimizer.zerosLike(parameter));
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Tensor m = state.get(MOMENTUM);
    Tensor direction = m.mul(beta1).add(gradient.mul(1 - beta1)).sign();
    Tensor kept = now.scalar("1 - γ λ", 1 - now.learningRate() * weightDecay);
    return new Update(
        parameter.mul(kept).sub(direction.mul(now.rate())),
        Map.of(MOMENTUM, m.mul(beta2).add(gradient.mul(1 - beta2))));
  }
}
