package dev.merapi.nn;

import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** Helps layers with the axes of their inputs. */
final class Axes {
  private Axes() {}

  /** A vector laid along one axis of a tensor: (C) → (C, 1…). */
  static Tensor along(int axis, Tensor vector, Tensor like) {
    int[] sizes = new int[like.shape().rank() - axis];
    Arrays.fill(sizes, 1);
    sizes[0] = like.shape().size(axis);
    return vector.reshape(sizes);
  }

  /** Refuses an x that is not (batch, channels, …) with as many channels as a layer has. */
  static void requireChannels(String layer, Tensor x, int channels) {
    if (x.shape().rank() < 2 || x.shape().size(1) != channels) {
      throw new ShapeException(
          "%s: x %s must be (batch, %d, …): the layer has %d channels"
              .formatted(layer, x.shape(), channels, channels));
    }
  }

  /** {@code (x - mean) / √(variance + ε)}, of the population along the last axes. */
  static Tensor standardise(Tensor x, int count, double epsilon) {
    int[] axes = last(count);
    Tensor centred = x.sub(x.mean(true, axes));
    Tensor variance = centred.mul(centred).mean(true, axes);
    return centred.mul(variance.add(epsilon).rsqrt());
  }

  /** The last axes: -count … -1. */
  static int[] last(int count) {
    int[] axes = new int[count];
    Arrays.setAll(axes, i -> i - count);
    return axes;
  }
}
