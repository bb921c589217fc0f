package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Adam (Kingma and Ba, 2015).
 *
 * <pre>
 * g ← g + λ θ
 * m ← β₁ m + (1 - β₁) g
 * v ← β₂ v + (1 - β₂) g²
 * θ ← θ - γ / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 * </pre>
 *
 * <p>By default γ = 0.001, β = (0.9, 0.999), ε = 10⁻⁸, λ = 0. AMSGrad (Reddi et al., 2018) divides
 * by the greatest v so far. For decay apart from the gradient see {@link AdamW}.
 *
 * @param maximize whether the loss is climbed instead
 */
public record Adam(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean amsgrad,
    boolean maximize)
    implements Optimizer {
  private static final String FIRST = "firstMoment";
  private static final String SECOND = "secondMoment";
  private static final String GREATEST = "greatestSecondMoment";

  public Adam {
    Checks.atLeast("learning rate", learningRate, 0);
    Checks.fraction("β₁", beta1);
    Checks.fraction("β₂", beta2);
    Checks.atLeast("ε", epsilon, 0);
    Checks.atLeast("weight decay", weightDecay, 0);
  }

  public static Adam of(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0, false, false);
  }

  public Adam betas(double beta1, double beta2) {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  public Adam epsilon(double epsilon) {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /** L2 decay, added to the gradient. */
  public Adam weightDecay(double weightDecay) {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize);
  }

  /** The AMSGrad form. */
  public Adam withAmsgrad() {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, true, maximize);
  }

  public Adam maximizing() {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, true);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    Tensor zeros = Optimizer.zerosLike(parameter);
    return amsgrad
        ? Map.of(FIRST, zeros, SECOND, zeros, GREATEST, zeros)
        : Map.of(FIRST, zeros, SECOND, zeros);
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Map<String, Tensor> next = new HashMap<>();
    Tensor g = Optimizer.decayed(gradient, parameter, weightDecay, maximize);
    Tensor m = state.get(FIRST).mul(beta1).add(g.mul(1 - beta1));
    Tensor v = state.get(SECOND).mul(beta2).add(g.mul(g).mul(1 - beta2));
    next.put(FIRST, m);
    next.put(SECOND, v);
    if (amsgrad) {
      v = state.get(GREATEST).max(v);
      next.put(GREATEST, v);
    }
    double correction1 = 1 - Math.pow(beta1, (double) now.step());
    double correction2 = 1 - Math.pow(beta2, (double) now.step());
    Tensor rate = now.scalar("γ / (1 - β₁ᵗ)", now.learningRate() / correction1);
    Tensor scale = now.scalar("1 / √(1 - β₂ᵗ)", 1 / Math.sqrt(correction2));
    Tensor denominator = v.sqrt().mul(scale).add(epsilon);
    return new Update(parameter.sub(m.mul(rate).div(denominator)), next);
  }
}
