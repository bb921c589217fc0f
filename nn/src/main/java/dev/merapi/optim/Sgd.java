package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * Stochastic gradient descent, by default the plain rule {@code θ ← θ - γ g}.
 *
 * <pre>
 * g ← g + λ θ
 * b ← μ b + (1 - τ) g        b ← g at the first step
 * g ← g + μ b with Nesterov, else b
 * θ ← θ - γ g
 * </pre>
 *
 * <p>Momentum μ, dampening τ and weight decay λ are 0 by default. Nesterov's form is that of
 * Sutskever et al. (2013), as in PyTorch.
 *
 * @param maximize whether the loss is climbed instead
 */
public record Sgd(
    double learningRate,
    double momentum,
    double dampening,
    boolean nesterov,
    double weightDecay,
    boolean maximize)
    implements Optimizer {
  private static final String MOMENTUM = "momentum";

  public Sgd {
    Checks.atLeast("learning rate", learningRate, 0);
    Checks.atLeast("momentum", momentum, 0);
    Checks.atLeast("weight decay", weightDecay, 0);
    Checks.that(
        !nesterov || (momentum > 0 && dampening == 0),
        "Nesterov's form needs a momentum above 0 and no dampening");
  }

  public static Sgd of(double learningRate) {
    return new Sgd(learningRate, 0, 0, false, 0, false);
  }

  public Sgd momentum(double momentum) {
    return new Sgd(learningRate, momentum, dampening, nesterov, weightDecay, maximize);
  }

  public Sgd dampening(double dampening) {
    return new Sgd(learningRate, momentum, dampening, nesterov, weightDecay, maximize);
  }

  /** Nesterov's form of the momentum. */
  public Sgd nesterov(double momentum) {
    return new Sgd(learningRate, momentum, dampening, true, weightDecay, maximize);
  }

  public Sgd weightDecay(double weightDecay) {
    return new Sgd(learningRate, momentum, dampening, nesterov, weightDecay, maximize);
  }

  public Sgd maximizing() {
    return new Sgd(learningRate, momentum, dampening, nesterov, weightDecay, true);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    return momentum == 0 ? Map.of() : Map.of(MOMENTUM, Optimizer.zerosLike(parameter));
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Tensor g = Optimizer.decayed(gradient, parameter, weightDecay, maximize);
    if (momentum == 0) {
      return new Update(parameter.sub(g.mul(now.rate())), Map.of());
    }
    Tensor weighted =
        dampening == 0 ? g : g.mul(now.scalar("1 - τ", now.step() == 1 ? 1 : 1 - dampening));
    Tensor b = state.get(MOMENTUM).mul(momentum).add(weighted);
    Tensor direction = nesterov ? g.add(b.mul(momentum)) : b;
    return new Update(parameter.sub(direction.mul(now.rate())), Map.of(MOMENTUM, b));
  }
}
