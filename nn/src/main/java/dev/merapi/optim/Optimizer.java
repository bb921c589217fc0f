package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * The rule by which a parameter follows its gradient: a record of hyperparameters, with neither
 * state nor side effects. An {@link Optimization} holds the state and runs it.
 *
 * <p>A rule of your own is one record. Its symbols here and in the rules of this package: {@code θ}
 * the parameter, {@code g} its gradient, {@code γ} the learning rate, {@code λ} the weight decay,
 * {@code t} the number of the step from 1.
 */
public interface Optimizer {

  /** The learning rate γ before any {@link Schedule}. */
  double learningRate();

  /**
   * The state kept for one parameter, by name, with its values before the first step; names are the
   * checkpoint's keys.
   */
  Map<String, Tensor> initialState(Tensor parameter);

  /**
   * The next values of a parameter and its state. Everything here is f32 and of the parameter's
   * shape; a number that changes from step to step must come from {@link StepInputs}.
   */
  Update update(Tensor parameter, Tensor gradient, Map<String, Tensor> state, StepInputs now);

  /** What an update gives: the parameter's next value, and the state's under the same names. */
  record Update(Tensor parameter, Map<String, Tensor> state) {}

  /** {@code g + λ θ}, of the negated gradient when a loss is maximised: L2 decay as PyTorch's. */
  static Tensor decayed(Tensor gradient, Tensor parameter, double decay, boolean maximize) {
    Tensor g = maximize ? gradient.neg() : gradient;
    return decay == 0 ? g : g.add(parameter.mul(decay));
  }

  /** State that starts with zeros. */
  static Tensor zerosLike(Tensor parameter) {
    return Tensor.constant(DType.F32, 0).broadcastTo(parameter.shape());
  }
}
