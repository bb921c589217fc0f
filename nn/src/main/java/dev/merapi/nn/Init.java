package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;

/**
 * First values of a weight. Fans are read off its shape, (out, in, kernel…): fan in = in · kernel,
 * fan out = out · kernel.
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
    return (key, shape) -> key.uniform(low, high, shape.toArray());
  }

  /** N(mean, deviation²). */
  static Init normal(double mean, double deviation) {
    return (key, shape) -> key.normal(shape.toArray()).mul(deviation).add(mean);
  }

  /** U(-1/√n, 1/√n) for fan in n: what linear and convolution layers start with in PyTorch. */
  static Init fanIn(int n) {
    double bound = n == 0 ? 0 : 1 / Math.sqrt(n);
    return uniform(-bound, bound);
  }
}
