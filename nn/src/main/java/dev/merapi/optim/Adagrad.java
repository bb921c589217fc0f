package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * Adagrad (Duchi et al., 2011): each weight's rate falls with its squared gradients so far.
 *
 * <pre>
 * g ← g + λ θ
 * s ← s + g²
 * θ ← θ - γ / (1 + (t - 1) η) · g / (√s + ε)
 * </pre>
 *
 * <p>By default γ = 0.01, rate decay η = 0, λ = 0, ε = 10⁻¹⁰, and s starts with 0.
 *
 * @param rateDecay η
 * @param initialSum what s starts with
 * @param maximize whether the loss is climbed instead
 */
public record Adagrad(
    double learningRate,
    double rateDecay,
    double weightDecay,
    double initialSum,
    double epsilon,
    boolean maximize)
    implements Optimizer {
  private static final String SUM = "squaredSum";

  public Adagrad {
    Checks.atLeast("learning rate", learningRate, 0);
    Checks.atLeast("rate decay", rateDecay, 0);
    Checks.atLeast("weight decay", weightDecay, 0);
    Checks.atLeast("initial sum", initialSum, 0);
    Checks.atLeast("ε", epsilon, 0);
  }

  public static Adagrad of(double learningRate) {
    return new Adagrad(learningRate, 0, 0, 0, 1e-10, false);
  }

  public Adagrad rateDecay(double rateDecay) {
    return new Adagrad(learningRate, rateDecay, weightDecay, initialSum, epsilon, maximize);
  }

  public Adagrad weightDecay(double weightDecay) {
    return new Adagrad(learningRate, rateDecay, weightDecay, initialSum, epsilon, maximize);
  }

  public Adagrad initialSum(double initialSum) {
    return new Adagrad(learningRate, rateDecay, weightDecay, initialSum, epsilon, maximize);
  }

  public Adagrad epsilon(double epsilon) {
    return new Adagrad(learningRate, rateDecay, weightDecay, initialSum, epsilon, maximize);
  }

  public Adagrad maximizing() {
    return new Adagrad(learningRate, rateDecay, weightDecay, initialSum, epsilon, true);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    return Map.of(SUM, Optimizer.zerosLike(parameter).add(initialSum));
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Tensor g = Optimizer.decayed(gradient, parameter, weightDecay, maximize);
    Tensor s = state.get(SUM).add(g.mul(g));
    double falling = now.learningRate() / (1 + (now.step() - 1) * rateDecay);
    Tensor rate = now.scalar("γ / (1 + (t - 1) η)", falling);
    return new Update(parameter.sub(g.mul(rate).div(s.sqrt().add(epsilon))), Map.of(SUM, s));
  }
}
