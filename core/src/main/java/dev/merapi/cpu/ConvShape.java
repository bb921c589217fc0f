package dev.merapi.cpu;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The sizes of a convolution over one, two or three spatial axes.
 *
 * <p>Layouts, all contiguous fp32: x {@code (batch, channelsIn, input…)}, w {@code (channelsOut,
 * channelsIn / groups, kernel…)}, y {@code (batch, channelsOut, output…)}. Output position {@code
 * o} and tap {@code t} meet at input position {@code o * stride + t * dilation - padLow}; what lies
 * outside the input is zero, so the padding behind is whatever the output's size asks for.
 *
 * @param batch pictures
 * @param groups groups of channels that do not mix
 * @param channelsIn of x
 * @param channelsOut of y
 * @param axes the spatial axes, one to three
 */
public record ConvShape(int batch, int groups, int channelsIn, int channelsOut, List<Axis> axes) {
  /** Checks the counts. */
  public ConvShape {
    axes = List.copyOf(axes);
    if (axes.isEmpty() || axes.size() > 3) {
      throw new IllegalArgumentException(
          "convolution: 1 to 3 spatial axes are supported, not " + axes.size());
    }
    if (batch < 0 || groups < 1 || channelsIn % groups != 0 || channelsOut % groups != 0) {
      throw new IllegalArgumentException(
          "convolution: channels in %d and out %d must be multiples of groups %d, and batch %d not negative"
              .formatted(channelsIn, channelsOut, groups, batch));
    }
  }

  /**
   * One spatial axis.
   *
   * @param input size of x
   * @param kernel taps
   * @param output size of y
   * @param stride input positions from one output to the next, at least 1
   * @param padLow zeros before the input; negative crops
   * @param dilation input positions from one tap to the next, at least 1
   */
  public record Axis(int input, int kernel, int output, int stride, int padLow, int dilation) {
    /** An axis that is not there. */
    static final Axis NONE = new Axis(1, 1, 1, 1, 0, 1);

    /** Checks the sizes. */
    public Axis {
      if (input < 0 || kernel < 1 || output < 0 || stride < 1 || dilation < 1) {
        throw new IllegalArgumentException(
            "convolution: bad axis, input %d, kernel %d, output %d, stride %d, dilation %d"
                .formatted(input, kernel, output, stride, dilation));
      }
    }

    /** The axis whose output has every position that the padded input allows. */
    public static Axis of(
        int input, int kernel, int stride, int padLow, int padHigh, int dilation) {
      int room = input + padLow + padHigh - dilation * (kernel - 1) - 1;
      return new Axis(
          input, kernel, Math.max(0, Math.floorDiv(room, stride) + 1), stride, padLow, dilation);
    }
  }

  int groupIn() {
    return channelsIn / groups;
  }

  int groupOut() {
    return channelsOut / groups;
  }

  /** Taps of one channel's kernel. */
  int taps() {
    return axes.stream().mapToInt(Axis::kernel).reduce(1, Math::multiplyExact);
  }

  /** Input positions of one channel. */
  int inputs() {
    return axes.stream().mapToInt(Axis::input).reduce(1, Math::multiplyExact);
  }

  /** Output positions of one channel. */
  int outputs() {
    return axes.stream().mapToInt(Axis::output).reduce(1, Math::multiplyExact);
  }

  /** The axes as depth, height, width; missing ones in front have size 1. */
  List<Axis> threeAxes() {
    int missing = 3 - axes.size();
    return IntStream.range(0, 3)
        .mapToObj(d -> d < missing ? Axis.NONE : axes.get(d - missing))
        .toList();
  }

  /** The channels of x, or of its gradient. */
  Channels input(long address) {
    return new Channels(address, groups, groupIn(), inputs());
  }

  /** The channels of y, or of its gradient. */
  Channels output(long address) {
    return new Channels(address, groups, groupOut(), outputs());
  }

  /**
   * A tensor of pictures.
   *
   * @param address of the first float
   * @param groups of channels
   * @param channels of one group
   * @param positions of one channel
   */
  record Channels(long address, int groups, int channels, int positions) {
    /** Floats from one picture to the next. */
    long imageStride() {
      return (long) groups * channels * positions;
    }

    /** Address of a channel of a group of a picture. */
    long at(int image, int group, int channel) {
      return address
          + 4 * (image * imageStride() + ((long) group * channels + channel) * positions);
    }
  }

  /**
   * True where every output is a product of one input's channels: a matrix product as it stands.
   */
  boolean isPointwise() {
    return groups == 1
        && axes.stream()
            .allMatch(a -> a.kernel == 1 && a.stride == 1 && a.padLow == 0 && a.output == a.input);
  }
}
