package dev.merapi.nn;

import dev.merapi.graph.Ints;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Transposed convolution, which enlarges the space by its stride: {@code (batch, in, space…) →
 * (batch, out, space…)}; weight {@code (in, out / groups, kernel…)}. It is the gradient of a {@link
 * Conv} for its input: each size becomes {@code (size - 1) stride - 2 padding + dilation (kernel -
 * 1) + outputPadding + 1}.
 */
public record ConvTranspose(Parameter weight, Optional<Parameter> bias, ConvOptions options)
    implements Layer {

  /** Over sequences (batch, in, length). */
  public static ConvTranspose of1d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel), ConvOptions.DEFAULT, key);
  }

  /** Over pictures (batch, in, height, width), with a square kernel. */
  public static ConvTranspose of2d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel, kernel), ConvOptions.DEFAULT, key);
  }

  /** Over volumes (batch, in, depth, height, width), with a cubic kernel. */
  public static ConvTranspose of3d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel, kernel, kernel), ConvOptions.DEFAULT, key);
  }

  /**
   * Any kernel, one number an axis, and groups. Drawn from U(-1/√n, 1/√n) with n = kernel · out /
   * groups, as PyTorch does.
   */
  public static ConvTranspose of(int in, int out, Ints kernel, ConvOptions options, Key key) {
    Shape shape = Shape.of(in, out / options.groups()).concat(Shape.of(kernel.toArray()));
    Init init = Init.ofFanIn(Init.fanIn(shape));
    return new ConvTranspose(
        Parameter.of(init.draw(key.fold(0), shape)),
        Optional.of(Parameter.of(init.draw(key.fold(1), Shape.of(out)))),
        options);
  }

  public ConvTranspose stride(int... stride) {
    return new ConvTranspose(weight, bias, options.stride(stride));
  }

  /** Elements taken off each end of the result. */
  public ConvTranspose padding(int... padding) {
    return new ConvTranspose(weight, bias, options.padding(padding));
  }

  public ConvTranspose dilation(int... dilation) {
    return new ConvTranspose(weight, bias, options.dilation(dilation));
  }

  /** Elements added behind the result, below the stride. */
  public ConvTranspose outputPadding(int... outputPadding) {
    return new ConvTranspose(weight, bias, options.outputPadding(outputPadding));
  }

  /** The same weight and no bias. */
  public ConvTranspose withoutBias() {
    return new ConvTranspose(weight, Optional.empty(), options);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor y = x.convTranspose(weight, options);
    return bias.isPresent() ? y.add(Axes.along(1, bias.get(), y)) : y;
  }
}
