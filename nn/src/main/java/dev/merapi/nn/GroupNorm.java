package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;

/**
 * Group normalisation (Wu and He, 2018): the channels of a sample, in groups side by side, each
 * group to mean 0 and variance 1, then {@code · weight + bias} of each channel: {@code (batch,
 * channels, space…)}. One group is a layer norm over all, one group a channel an instance norm. By
 * default ε = 10⁻⁵.
 */
public record GroupNorm(int groups, Parameter weight, Parameter bias, double epsilon)
    implements Layer {
  public GroupNorm {
    if (groups < 1 || weight.shape().size(0) % groups != 0) {
      throw new MerapiException(
          "GroupNorm: %d channels do not fall into %d equal groups"
              .formatted(weight.shape().size(0), groups));
    }
  }

  public static GroupNorm of(int groups, int channels) {
    return new GroupNorm(
        groups, Parameter.of(Tensor.ones(channels)), Parameter.of(Tensor.zeros(channels)), 1e-5);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Axes.requireChannels("GroupNorm", x, weight.shape().size(0));
    Tensor grouped = x.reshape(x.shape().size(0), groups, -1); // (batch, groups, n)
    Tensor y = Axes.standardise(grouped, 1, epsilon).reshape(x.shape());
    return y.mul(Axes.along(1, weight, x)).add(Axes.along(1, bias, x));
  }
}
