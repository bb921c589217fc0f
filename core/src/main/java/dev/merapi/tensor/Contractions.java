package dev.merapi.tensor;

import dev.merapi.graph.ConvGeometry;
import dev.merapi.graph.Ints;
import dev.merapi.graph.Op;

/**
 * Matrix products and convolutions brought to the strict forms of {@link Op.MatMul} and {@link
 * Op.Conv}.
 */
final class Contractions {
  private Contractions() {}

  static Tensor matmul(Tensor a, Tensor b) {
    int ra = a.shape().rank();
    int rb = b.shape().rank();
    if (ra == 0 || rb == 0) {
      throw new ShapeException(
          "matmul: scalars have no inner axis: " + a.shape() + " × " + b.shape() + "; use mul");
    }
    if (ra == 1 && rb == 1) {
      return matmul(a.unsqueeze(0), b.unsqueeze(1)).reshape();
    }
    if (ra == 1) {
      return matmul(a.unsqueeze(0), b).squeeze(-2);
    }
    if (rb == 1) {
      return matmul(a, b.unsqueeze(1)).squeeze(-1);
    }
    if (rb == 2 && ra > 2) { // one weight for the whole batch: fold the batch into the rows
      Shape outer = a.shape().slice(0, ra - 1);
      Tensor rows = a.reshape(Math.toIntExact(outer.elements()), a.shape().size(-1));
      return matmul(rows, b).reshape(outer.concat(Shape.of(b.shape().size(-1))));
    }
    Shape batch =
        Shape.broadcast(
            "matmul (batch axes)", a.shape().slice(0, ra - 2), b.shape().slice(0, rb - 2));
    Tensor left = a.cast(DType.F32).broadcastTo(batch.concat(a.shape().slice(ra - 2, ra)));
    Tensor right = b.cast(DType.F32).broadcastTo(batch.concat(b.shape().slice(rb - 2, rb)));
    return new Tensor(new Op.MatMul(left, right));
  }

  static Tensor conv(Tensor x, Tensor w, ConvOptions options) {
    int axes = spatial(x, w);
    Ints dilation = ConvOptions.expand("dilation", options.dilation(), axes, 1);
    int[] before = ConvOptions.expand("padding", options.padding(), axes, 0).toArray();
    int[] after = before.clone();
    if (options.same()) {
      for (int i = 0; i < axes; i++) {
        int total = dilation.get(i) * (w.shape().size(i + 2) - 1);
        before[i] = total / 2;
        after[i] = total - before[i];
      }
    }
    Ints stride = ConvOptions.expand("stride", options.stride(), axes, 1);
    var geometry =
        new ConvGeometry(stride, Ints.of(before), Ints.of(after), dilation, options.groups());
    return new Tensor(new Op.Conv(x.cast(DType.F32), w.cast(DType.F32), geometry));
  }

  static Tensor convTranspose(Tensor x, Tensor w, ConvOptions options) {
    int axes = spatial(x, w);
    Ints dilation = ConvOptions.expand("dilation", options.dilation(), axes, 1);
    Ints padding = ConvOptions.expand("padding", options.padding(), axes, 0);
    Ints stride = ConvOptions.expand("stride", options.stride(), axes, 1);
    Ints extra = ConvOptions.expand("outputPadding", options.outputPadding(), axes, 0);
    int[] sizes = new int[axes + 2];
    int[] after = new int[axes];
    sizes[0] = x.shape().size(0);
    sizes[1] = w.shape().size(1) * options.groups();
    for (int i = 0; i < axes; i++) {
      if (extra.get(i) >= Math.max(stride.get(i), dilation.get(i))) {
        throw new ShapeException(
            "convTranspose: output padding %s must be below the stride %s or the dilation %s"
                .formatted(extra, stride, dilation));
      }
      // What is added behind first takes padding back; the rest of it is zeros.
      after[i] = Math.max(0, padding.get(i) - extra.get(i));
      int span = dilation.get(i) * (w.shape().size(i + 2) - 1) + 1;
      int whole = (x.shape().size(i + 2) - 1) * stride.get(i) + span;
      sizes[i + 2] = whole - padding.get(i) - after[i];
      if (sizes[i + 2] < 1) {
        throw new ShapeException(
            "convTranspose: x %s, weight %s: the padding %s leaves nothing of the %d elements along axis %d"
                .formatted(x.shape(), w.shape(), padding, whole, i + 2));
      }
    }
    var geometry = new ConvGeometry(stride, padding, Ints.of(after), dilation, options.groups());
    Tensor y =
        new Tensor(
            new Op.ConvInput(x.cast(DType.F32), w.cast(DType.F32), geometry, Shape.of(sizes)));
    for (int i = 0; i < axes; i++) {
      y = y.pad(i + 2, 0, Math.max(0, extra.get(i) - padding.get(i)), 0);
    }
    return y;
  }

  private static int spatial(Tensor x, Tensor w) {
    int axes = x.shape().rank() - 2;
    if (axes < 1 || axes > 3 || w.shape().rank() != axes + 2) {
      throw new ShapeException(
          "conv: x "
              + x.shape()
              + " and weight "
              + w.shape()
              + " must be (batch, channels, space…) and (out, in, kernel…) with one to three"
              + " spatial axes");
    }
    return axes;
  }
}
