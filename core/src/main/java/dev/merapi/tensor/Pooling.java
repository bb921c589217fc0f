package dev.merapi.tensor;

import dev.merapi.graph.ContractionOp;
import dev.merapi.graph.Ints;
import dev.merapi.graph.Op;
import dev.merapi.graph.Windows;
import java.util.ArrayList;
import java.util.List;

/** Pooling: the maximum as an index lookup, the mean as one small matrix product an axis. */
final class Pooling {
  private Pooling() {}

  static Tensor max(Tensor x, PoolOptions options) {
    return greatest(x, sliding(x, options));
  }

  static Tensor adaptiveMax(Tensor x, int... sizes) {
    return greatest(x, adaptive(x, sizes));
  }

  static Tensor avg(Tensor x, PoolOptions options) {
    List<Windows> windows = sliding(x, options);
    int axes = windows.size();
    Ints kernel = ConvOptions.expand("kernel", options.kernel(), axes, 1);
    if (kernel.equals(ConvOptions.expand("stride", options.stride(), axes, 1))
        && ConvOptions.expand("padding", options.padding(), axes, 0).equals(Ints.fill(axes, 0))
        && options.dilation().equals(Ints.of(1))) {
      return tiles(x, kernel);
    }
    Tensor y = x.cast(DType.F32);
    for (int i = 0; i < axes; i++) {
      y = average(y, i + 2, windows.get(i), options.countPadding());
    }
    return y;
  }

  static Tensor adaptiveAvg(Tensor x, int... sizes) {
    List<Windows> windows = adaptive(x, sizes);
    Tensor y = x.cast(DType.F32);
    for (int i = 0; i < windows.size(); i++) {
      y =
          windows.get(i).count() == 1
              ? y.mean(true, i + 2)
              : average(y, i + 2, windows.get(i), false);
    }
    return y;
  }

  /** Windows that tile the space: (…, n·k, …) → the mean of (…, n, k, …) along every k. */
  private static Tensor tiles(Tensor x, Ints kernel) {
    Tensor y = x.cast(DType.F32);
    int[] inner = new int[kernel.size()];
    for (int i = 0; i < kernel.size(); i++) {
      int axis = 2 + 2 * i;
      int count = y.shape().size(axis) / kernel.get(i);
      y = y.slice(axis, 0, count * kernel.get(i)).unflatten(axis, count, kernel.get(i));
      inner[i] = axis + 1;
    }
    return y.mean(inner);
  }

  /**
   * The mean over windows along one axis, as a product with the (size, windows) matrix of their
   * weights.
   */
  private static Tensor average(Tensor x, int axis, Windows windows, boolean countPadding) {
    int size = x.shape().size(axis);
    int count = windows.count();
    float[] weights = new float[size * count];
    for (int w = 0; w < count; w++) {
      int length = windows.lengths().get(w);
      int inside = 0;
      for (int i = 0; i < length; i++) {
        int place = windows.starts().get(w) + i * windows.step();
        inside += place >= 0 && place < size ? 1 : 0;
      }
      for (int i = 0; i < length; i++) {
        int place = windows.starts().get(w) + i * windows.step();
        if (place >= 0 && place < size) {
          weights[place * count + w] += 1f / (countPadding ? length : inside);
        }
      }
    }
    return x.moveAxis(axis, -1).matmul(Tensor.of(weights, size, count)).moveAxis(-1, axis);
  }

  private static Tensor greatest(Tensor x, List<Windows> windows) {
    Shape shape = x.shape();
    Shape space = shape.slice(2, shape.rank());
    int planes = shape.size(0) * shape.size(1);
    Tensor f = x.cast(DType.F32);
    Tensor places =
        new Tensor(new ContractionOp.ArgPool(f.reshape(Shape.of(planes).concat(space)), windows));
    int cells = Math.toIntExact(space.elements());
    Shape pooled = places.shape().slice(1, places.shape().rank());
    int count = Math.toIntExact(pooled.elements());
    Tensor values =
        new Tensor(new Op.Gather(f.reshape(planes, cells, 1), places.reshape(planes, count)));
    return values.reshape(shape.slice(0, 2).concat(pooled));
  }

  private static List<Windows> sliding(Tensor x, PoolOptions options) {
    int axes = axes(x);
    Ints kernel = ConvOptions.expand("kernel", options.kernel(), axes, 1);
    Ints stride = ConvOptions.expand("stride", options.stride(), axes, 1);
    Ints padding = ConvOptions.expand("padding", options.padding(), axes, 0);
    Ints dilation = ConvOptions.expand("dilation", options.dilation(), axes, 1);
    List<Windows> windows = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      var along =
          Windows.sliding(
              x.shape().size(i + 2), kernel.get(i), stride.get(i), padding.get(i), dilation.get(i));
      if (along.count() < 1 || padding.get(i) > kernel.get(i) / 2) {
        throw new ShapeException(
            "a kernel of %d with padding %d does not fit axis %d of %s; padding may be half the kernel at most"
                .formatted(kernel.get(i), padding.get(i), i + 2, x.shape()));
      }
      windows.add(along);
    }
    return windows;
  }

  private static List<Windows> adaptive(Tensor x, int... sizes) {
    int axes = axes(x);
    Ints counts = ConvOptions.expand("output size", Ints.of(sizes), axes, 1);
    List<Windows> windows = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      if (x.shape().size(i + 2) == 0) {
        throw new ShapeException(
            "axis %d of %s is empty; there is nothing to pool into %s"
                .formatted(i + 2, x.shape(), counts));
      }
      windows.add(Windows.adaptive(x.shape().size(i + 2), counts.get(i)));
    }
    return windows;
  }

  private static int axes(Tensor x) {
    int axes = x.shape().rank() - 2;
    if (axes < 1) {
      throw new ShapeException("x must be (batch, channels, space…), not " + x.shape());
    }
    return axes;
  }
}
