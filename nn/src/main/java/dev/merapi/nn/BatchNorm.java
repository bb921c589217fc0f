package dev.merapi.nn;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Batch normalisation (Ioffe and Szegedy, 2015) of each channel: {@code y = (x - mean) / √(variance
 * + ε) · weight + bias}, for {@code (batch, channels)} and {@code (batch, channels, space…)}.
 *
 * <p>Training takes the mean and the population's variance of the batch, and moves the running ones
 * by {@code r ← (1 - momentum) r + momentum b}, with the unbiased variance. Evaluation takes the
 * running ones. By default ε = 10⁻⁵ and momentum = 0.1, as in PyTorch.
 */
public record BatchNorm(
    Parameter weight,
    Parameter bias,
    Parameter runningMean,
    Parameter runningVariance,
    double momentum,
    double epsilon)
    implements Layer {

  public static BatchNorm of(int channels) {
    return new BatchNorm(
        Parameter.of(Tensor.ones(channels)),
        Parameter.of(Tensor.zeros(channels)),
        Parameter.state(Tensor.zeros(channels)),
        Parameter.state(Tensor.ones(channels)),
        0.1,
        1e-5);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Axes.requireChannels("BatchNorm", x, weight.shape().size(0));
    return switch (mode) {
      case Mode.Evaluation _ -> {
        Tensor scale = runningVariance.add(epsilon).rsqrt().mul(weight);
        Tensor shift = bias.sub(runningMean.mul(scale));
        yield x.mul(Axes.along(1, scale, x)).add(Axes.along(1, shift, x));
      }
      case Mode.Training pass -> train(x, pass);
    };
  }

  private Tensor train(Tensor x, Mode.Training pass) {
    int[] axes = IntStream.range(0, x.shape().rank()).filter(axis -> axis != 1).toArray();
    double n = (double) x.shape().elements() / x.shape().size(1);
    if (n < 2) {
      throw new ShapeException(
          "BatchNorm: one value a channel has no variance to train with, and x is %s; use a batch of at least 2"
              .formatted(x.shape()));
    }
    Tensor mean = x.mean(true, axes);
    Tensor centred = x.sub(mean);
    Tensor variance = centred.mul(centred).mean(true, axes);
    pass.update(runningMean, old -> moved(old, mean));
    pass.update(runningVariance, old -> moved(old, variance.mul(n / (n - 1))));
    Tensor scale = variance.add(epsilon).rsqrt().mul(Axes.along(1, weight, x));
    return centred.mul(scale).add(Axes.along(1, bias, x));
  }

  private Tensor moved(Tensor running, Tensor batch) {
    return running.mul(1 - momentum).add(batch.reshape(running.shape()).mul(momentum));
  }
}
