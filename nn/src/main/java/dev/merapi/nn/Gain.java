package dev.merapi.nn;

/**
 * What an activation makes of the deviation of its input: the factor by which weights before it are
 * drawn larger, so that signals neither die nor explode (PyTorch's {@code calculate_gain}).
 */
public final class Gain {
  /** Of no activation, and of a sigmoid. */
  public static final double LINEAR = 1;

  public static final double TANH = 5.0 / 3;
  public static final double RELU = Math.sqrt(2);
  public static final double SELU = 0.75;

  private Gain() {}

  /** {@code √(2 / (1 + slope²))}. */
  public static double leakyRelu(double slope) {
    return Math.sqrt(2 / (1 + slope * slope));
  }
}
