package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * RMSprop (Hinton, 2012): the gradient divided by its running root mean square.
 *
 * <pre>
 * g ← g + λ θ
 * v ← α v + (1 - α) g²
 * a ← α a + (1 - α) g         centred only
 * d = √v + ε                  centred: √(v - a²) + ε
 * b ← μ b + g / d
 * θ ← θ - γ b
 * </pre>
 *
 * <p>By default γ = 0.01, α = 0.99, ε = 10⁻⁸, λ = 0, no momentum μ, not centred (the centred form
 * is Graves, 2013).
 *
 * @param smoothing α
 * @param maximize whether the loss is climbed instead
 */
public record RmsProp(
    double learningRate,
    double smoothing,
    double epsilon,
    boolean centered,
    double momentum,
    double weightDecay,
    boolean maximize)
    implements Optimizer {
  private static final String SECOND = "secondMoment";
  private static final String MEAN = "gradientMean";
  private static final String MOMENTUM = "momentum";

  public RmsProp {
    Checks.atLeast("learning rate", learningRate, 0);
    Checks.atLeast("smoothing", smoothing, 0);
    Checks.atLeast("ε", epsilon, 0);
    Checks.atLeast("momentum", momentum, 0);
    Checks.atLeast("weight decay", weightDecay, 0);
  }

  public static RmsProp of(double learningRate) {
    return new RmsProp(learningRate, 0.99, 1e-8, false, 0, 0, false);
  }

  public RmsProp smoothing(double smoothing) {
    return new RmsProp(learningRate, smoothing, epsilon, centered, momentum, weightDecay, maximize);
  }

  public RmsProp epsilon(double epsilon) {
    return new RmsProp(learningRate, smoothing, epsilon, centered, momentum, weightDecay, maximize);
  }

  /** Divided by the deviation of the gradient instead of its root mean square. */
  public RmsProp centring() {
    return new RmsProp(learningRate, smoothing, epsilon, true, momentum, weightDecay, maximize);
  }

  public RmsProp momentum(double momentum) {
    return new RmsProp(learningRate, smoothing, epsilon, centered, momentum, weightDecay, maximize);
  }

  public RmsProp weightDecay(double weightDecay) {
    return new RmsProp(learningRate, smoothing, epsilon, centered, momentum, weightDecay, maximize);
  }

  public RmsProp maximizing() {
    return new RmsProp(learningRate, smoothing, epsilon, centered, momentum, weightDecay, true);
  }

  @Override
  public Map<String, Tensor> initialState(Tensor parameter) {
    Map<String, Tensor> state = new HashMap<>();
    state.put(SECOND, Optimizer.zerosLike(parameter));
    if (centered) {
      state.put(MEAN, Optimizer.zerosLike(parameter));
    }
    if (momentum > 0) {
      state.put(MOMENTUM, Optimizer.zerosLike(parameter));
    }
    return state;
  }

  @Override
  public Update update(
      Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now) {
    Map<String, Tensor> next = new HashMap<>();
    Tensor g = Optimizer.decayed(gradient, parameter, weightDecay, maximize);
    Tensor v = state.get(SECOND).mul(smoothing).add(g.mul(g).mul(1 - smoothing));
    next.put(SECOND, v);
    if (centered) {
      Tensor a = state.get(MEAN).mul(smoothing).add(g.mul(1 - smoothing));
      next.put(MEAN, a);
      v = v.sub(a.mul(a)).relu(); // rounding can bring a variance of nearly 0 below it
    }
    Tensor direction = g.div(v.sqrt().add(epsilon));
    if (momentum > 0) {
      direction = state.get(MOMENTUM).mul(momentum).add(direction);
      next.put(MOMENTUM, direction);
    }
    return new Update(parameter.sub(direction.mul(now.rate())), next);
  }
}
