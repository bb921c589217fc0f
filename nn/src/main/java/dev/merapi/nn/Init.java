package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * First values of a weight. Fans are read off its shape, (out, in, kernel…): fan in = in · kernel,
 * fan out = out · kernel. For gains see {@link Gain}.
 */
@FunctionalInterface
public interface Init {

  /** Values of the shape; the same key gives the same values. */
  Tensor draw(Key key, Shape shape);

  static Init zeros() {
    return constant(0);
  }

  static Init constant(double value) {
    return (_, shape) -> Tensor.full(value, shape.toArray());
  }

  /** U(low, high). */
  static Init uniform(double low, double high) {
    return (key, shape) -> key.uniform(low, high, shape);
  }

  /** N(mean, deviation²). */
  static Init normal(double mean, double deviation) {
    return (key, shape) -> key.normal(shape.toArray()).mul(deviation).add(mean);
  }

  /**
   * N(mean, deviation²) cut off beyond {@code cut} deviations from the mean; 2 is usual. Narrower
   * than its name says: cut at 2, the deviation is 0.88 of the one given.
   */
  static Init truncatedNormal(double mean, double deviation, double cut) {
    return (key, shape) -> TruncatedNormal.draw(key, shape, cut).mul(deviation).add(mean);
  }

  /** Glorot and Bengio (2010): U(-b, b) with b = gain √(6 / (fan in + fan out)). */
  static Init xavierUniform(double gain) {
    return (key, shape) ->
        symmetric(key, shape, gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape))));
  }

  /** Glorot and Bengio (2010): N(0, σ²) with σ = gain √(2 / (fan in + fan out)). */
  static Init xavierNormal(double gain) {
    return (key, shape) ->
        normal(0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)))).draw(key, shape);
  }

  /** He et al. (2015): U(-b, b) with b = gain √(3 / fan). */
  static Init kaimingUniform(double gain, Fan fan) {
    return (key, shape) -> symmetric(key, shape, gain * Math.sqrt(3.0 / fan.of(shape)));
  }

  /** He et al. (2015): N(0, σ²) with σ = gain / √fan. */
  static Init kaimingNormal(double gain, Fan fan) {
    return (key, shape) -> normal(0, gain / Math.sqrt(fan.of(shape))).draw(key, shape);
  }

  /**
   * Saxe et al. (2013): a random orthogonal matrix times gain, its rows or its columns orthonormal,
   * whichever are fewer; all axes but the first count as columns. Computed at once.
   */
  static Init orthogonal(double gain) {
    return (key, shape) -> Orthogonal.draw(key, shape).mul(gain);
  }

  /** U(-1/√n, 1/√n) for fan in n: what linear and convolution layers start with in PyTorch. */
  static Init ofFanIn(int n) {
    double bound = n == 0 ? 0 : 1 / Math.sqrt(n);
    return uniform(-bound, bound);
  }

  /** The numbers that flow into one output: (out, in, kernel…) → in · kernel. */
  static int fanIn(Shape weight) {
    requireMatrix(weight);
    return Math.toIntExact(weight.slice(1, weight.rank()).elements());
  }

  /** The outputs that one number flows into: (out, in, kernel…) → out · kernel. */
  static int fanOut(Shape weight) {
    requireMatrix(weight);
    return Math.toIntExact(weight.size(0) * weight.slice(2, weight.rank()).elements());
  }

  private static void requireMatrix(Shape weight) {
    if (weight.rank() < 2) {
      throw new ShapeException(
          "a weight (out, in, …) has fans, the shape "
              + weight
              + " has none; use Init.uniform or Init.normal");
    }
  }

  private static Tensor symmetric(Key key, Shape shape, double bound) {
    return key.uniform(-bound, bound, shape);
  }

  /** Which fan keeps its deviation: IN that of signals going forward, OUT that of gradients. */
  enum Fan {
    IN,
    OUT;

    int of(Shape weight) {
      return this == IN ? fanIn(weight) : fanOut(weight);
    }
  }
}
