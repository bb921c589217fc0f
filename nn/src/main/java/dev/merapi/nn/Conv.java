package dev.merapi.nn;

import dev.merapi.graph.Ints;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Convolution over one, two or three axes of space: {@code (batch, in, space…) → (batch, out,
 * space…)}; weight {@code (out, in / groups, kernel…)}.
 *
 * {@snippet :
 * var layer = Conv.of2d(1, 32, 3, key).padding(1);
 * }
 */
public record Conv(Parameter weight, Optional<Parameter> bias, ConvOptions options)
    implements Layer {

  /** Over sequences (batch, in, length). */
  public static Conv of1d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel), ConvOptions.DEFAULT, key);
  }

  /** Over pictures (batch, in, height, width), with a square kernel. */
  public static Conv of2d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel, kernel), ConvOptions.DEFAULT, key);
  }

  /** Over volumes (batch, in, depth, height, width), with a cubic kernel. */
  public static Conv of3d(int in, int out, int kernel, Key key) {
    return of(in, out, Ints.of(kernel, kernel, kernel), ConvOptions.DEFAULT, key);
  }

  /** Any kernel, one number an axis, and groups. Drawn from U(-1/√n, 1/√n) for fan in n. */
  public static Conv of(int in, int out, Ints kernel, ConvOptions options, Key key) {
    Shape shape = Shape.of(out, in / options.groups()).concat(Shape.of(kernel.toArray()));
    Init init = Init.ofFanIn(Init.fanIn(shape));
    return new Conv(
        Parameter.of(init.draw(key.fold(0), shape)),
        Optional.of(Parameter.of(init.draw(key.fold(1), Shape.of(out)))),
        options);
  }

  public Conv stride(int... stride) {
    return new Conv(weight, bias, options.stride(stride));
  }

  public Conv padding(int... padding) {
    return new Conv(weight, bias, options.padding(padding));
  }

  /** Padding that keeps the space's size at stride 1. */
  public Conv paddingSame() {
    return new Conv(weight, bias, options.paddingSame());
  }

  public Conv dilation(int... dilation) {
    return new Conv(weight, bias, options.dilation(dilation));
  }

  /** The same weight and no bias. */
  public Conv withoutBias() {
    return new Conv(weight, Optional.empty(), options);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor y = x.conv(weight, options);
    return bias.isPresent() ? y.add(Axes.along(1, bias.get(), y)) : y;
  }
}
