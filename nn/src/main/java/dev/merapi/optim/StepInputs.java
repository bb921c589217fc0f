package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers that change from step to step, as inputs of the graph. A plain number in a rule is
 * structure, and another value another program; through here a hundred steps share one.
 */
public final class StepInputs {
  private final long step;
  private final double learningRate;
  private final Map<String, Tensor> scalars = new HashMap<>();

  /**
   * @param step the number of the step, from 1
   * @param learningRate the learning rate γ of this step
   */
  public StepInputs(long step, double learningRate) {
    this.step = step;
    this.learningRate = learningRate;
  }

  /** The number of the step, from 1: to compute scalars with, never to put into the graph. */
  public long step() {
    return step;
  }

  /** The learning rate: to compute scalars with, never to put into the graph. */
  public double learningRate() {
    return learningRate;
  }

  /** A number computed for this step, as one input that all parameters of a group share. */
  public Tensor scalar(String name, double value) {
    return scalars.computeIfAbsent(name, _ -> Tensor.scalar((float) value));
  }

  /** The learning rate γ as an input. */
  public Tensor rate() {
    return scalar("rate", learningRate);
  }
}
