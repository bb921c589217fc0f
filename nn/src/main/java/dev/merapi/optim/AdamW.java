package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * {@link Adam} with decay apart from the gradient (Loshchilov and Hutter, 2019): {@code θ ← (1 - γ
 * λ) θ}, then Adam's step without decay.
 *
 * <p>By default γ = 0.001, β = (0.9, 0.999), ε = 10⁻⁸, λ = 0.01.
 *
 * @param maximize whether the loss is climbed instead
 */
public record AdamW(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean amsgrad,
    boolean maximize)
    implements Optimizer {

  public AdamW {
    new Adam(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize); // checks them
  }

  public static AdamW of(double learningRate) {
    return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01, false, false);
  }

  public AdamW betas(double beta1, double beta2) {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  public AdamW epsilon(double epsilon) {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  public AdamW weightDecay(double weightDecay) {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /** The AMSGrad form. */
  public AdamW withAmsgrad() {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, true, maximize);
  }

  public AdamW maximizing() {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, true);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    return withoutDecay().initialState(parameter);
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Tensor kept = now.scalar("1 - γ λ", 1 - now.learningRate() * weightDecay);
    return withoutDecay().update(parameter.mul(kept), gradient, state, now);
  }

  private Adam withoutDecay() {
    return new Adam(learningRate, beta1, beta2, epsilon, 0, amsgrad, maximize);
  }
}
