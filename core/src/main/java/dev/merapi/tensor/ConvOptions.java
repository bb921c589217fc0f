package dev.merapi.tensor;

import dev.merapi.graph.Ints;

/**
 * How a convolution walks. One number stands for every spatial axis. Defaults: stride 1, padding 0,
 * dilation 1, one group.
 *
 * @param same pads so that with stride 1 the space keeps its size, the odd element behind; padding
 *     is then not used
 * @param outputPadding elements added behind the result of a transposed convolution
 */
public record ConvOptions(
    Ints stride, Ints padding, Ints dilation, int groups, boolean same, Ints outputPadding) {

  public static final ConvOptions DEFAULT =
      new ConvOptions(Ints.of(1), Ints.of(0), Ints.of(1), 1, false, Ints.of(0));

  public ConvOptions stride(int... stride) {
    return new ConvOptions(Ints.of(stride), padding, dilation, groups, same, outputPadding);
  }

  public ConvOptions padding(int... padding) {
    return new ConvOptions(stride, Ints.of(padding), dilation, groups, false, outputPadding);
  }

  public ConvOptions paddingSame() {
    return new ConvOptions(stride, padding, dilation, groups, true, outputPadding);
  }

  public ConvOptions dilation(int... dilation) {
    return new ConvOptions(stride, padding, Ints.of(dilation), groups, same, outputPadding);
  }

  public ConvOptions groups(int groups) {
    return new ConvOptions(stride, padding, dilation, groups, same, outputPadding);
  }

  public ConvOptions outputPadding(int... outputPadding) {
    return new ConvOptions(stride, padding, dilation, groups, same, Ints.of(outputPadding));
  }

  /** One number for each of {@code axes}: a single one is repeated. */
  static Ints expand(String what, Ints values, int axes, int least) {
    if (values.size() != axes && values.size() != 1) {
      throw new ShapeException(
          "%s %s: give one number, or one for each of the %d spatial axes"
              .formatted(what, values, axes));
    }
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) < least) {
        throw new ShapeException("%s %s: must be at least %d".formatted(what, values, least));
      }
    }
    return values.size() == axes ? values : Ints.fill(axes, values.get(0));
  }
}
