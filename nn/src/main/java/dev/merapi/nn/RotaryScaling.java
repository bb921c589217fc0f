package dev.merapi.nn;

import java.util.function.DoubleUnaryOperator;

/**
 * How {@link Rotary} positions are stretched over texts longer than those that a model learned
 * from. All work on the frequencies {@code ωᵢ = base^(-2i/dim)}.
 */
public sealed interface RotaryScaling {

  /** The dim/2 frequencies, for a text of that length so far. */
  double[] frequencies(int dim, double base, int length);

  /** What sines and cosines are multiplied by. */
  default double magnitude() {
    return 1;
  }

  /** The frequencies as they are. */
  record Unscaled() implements RotaryScaling {
    @Override
    public double[] frequencies(int dim, double base, int length) {
      double[] all = new double[dim / 2];
      for (int i = 0; i < all.length; i++) {
        all[i] = Math.pow(base, -2.0 * i / dim);
      }
      return all;
    }
  }

  /** All frequencies divided by a factor (position interpolation; Chen et al., 2023). */
  record Interpolated(double factor) implements RotaryScaling {
    @Override
    public double[] frequencies(int dim, double base, int length) {
      return each(dim, base, w -> w / factor);
    }
  }

  /**
   * A base that grows with the text once it is longer than the context (dynamic NTK): {@code base ·
   * (factor · length / context - factor + 1)^(dim / (dim - 2))}. Keys that a memory holds keep the
   * base of their time.
   *
   * @param context the longest text that the model learned from
   */
  record Dynamic(double factor, int context) implements RotaryScaling {
    @Override
    public double[] frequencies(int dim, double base, int length) {
      double stretch = factor * Math.max(length, context) / context - (factor - 1);
      double larger = base * Math.pow(stretch, dim / (dim - 2.0));
      return new Unscaled().frequencies(dim, larger, length);
    }
  }

  /**
   * Llama 3.1's: waves longer than {@code context / low} are stretched by the factor, those shorter
   * than {@code context / high} stay, and those between are mixed.
   *
   * @param context the longest text that the model first learned from
   */
  record Llama3(double factor, double low, double high, int context) implements RotaryScaling {
    @Override
    public double[] frequencies(int dim, double base, int length) {
      return each(
          dim,
          base,
          w -> {
            double turns = context * w / (2 * Math.PI);
            double kept = Math.clamp((turns - low) / (high - low), 0, 1);
            return (1 - kept) * w / factor + kept * w;
          });
    }
  }

  /**
   * YaRN (Peng et al., 2023): dimensions that turn more often than {@code fast} times in the
   * context stay, those that turn less often than {@code slow} times are divided by the factor, and
   * between there is a ramp.
   *
   * @param context the longest text that the model first learned from
   * @param magnitude of sines and cosines
   * @param truncated whether the ramp begins and ends at whole dimensions
   */
  record Yarn(
      double factor, int context, double fast, double slow, double magnitude, boolean truncated)
      implements RotaryScaling {

    /** fast 32, slow 1, magnitude {@code 0.1 ln(factor) + 1}, truncated. */
    public static Yarn of(double factor, int context) {
      return new Yarn(factor, context, 32, 1, magnitude(factor, 1), true);
    }

    /** {@code 0.1 · scale · ln(factor) + 1}; 1 for factors up to 1. */
    public static double magnitude(double factor, double scale) {
      return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    @Override
    public double[] frequencies(int dim, double base, int length) {
      double first =
          Math.max(
              truncated ? Math.floor(dimension(fast, dim, base)) : dimension(fast, dim, base), 0);
      double last =
          Math.min(
              truncated ? Math.ceil(dimension(slow, dim, base)) : dimension(slow, dim, base),
              dim - 1.0);
      double width = first == last ? 0.001 : last - first;
      double[] all = new Unscaled().frequencies(dim, base, length);
      for (int i = 0; i < all.length; i++) {
        double stretched = Math.clamp((i - first) / width, 0, 1);
        all[i] *= stretched / factor + (1 - stretched);
      }
      return all;
    }

    /** The dimension whose wave turns so often in the context. */
    private double dimension(double turns, int dim, double base) {
      return dim * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }

  private static double[] each(int dim, double base, DoubleUnaryOperator change) {
    double[] all = new Unscaled().frequencies(dim, base, 0);
    for (int i = 0; i < all.length; i++) {
      all[i] = change.applyAsDouble(all[i]);
    }
    return all;
  }
}
