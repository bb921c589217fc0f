package dev.merapi.tensor;

import dev.merapi.graph.ContractionOp;
import dev.merapi.graph.ConvGeometry;
import dev.merapi.graph.Ints;
import dev.merapi.graph.MovementOp;
import java.util.List;

/**
 * Matrix products and convolutions brought to the strict forms of {@link ContractionOp.MatMul} and
 * {@link ContractionOp.Conv}.
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
    if (a.shape().size(-1) != b.shape().size(rb == 1 ? 0 : -2)) {
      throw new ShapeException(
          "matmul: inner dimensions differ: "
              + a.shape()
              + " × "
              + b.shape()
              + transposed(a.shape(), b.shape()));
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
    Shape batch = batch(a.shape(), b.shape());
    boolean isRow = a.shape().size(-2) == 1; // which reads bf16 where it lies
    Tensor right = isRow && b.dtype() == DType.BF16 ? b : widened(b);
    return new Tensor(
        new ContractionOp.MatMul(
            widened(a).broadcastTo(batch.concat(a.shape().slice(ra - 2, ra))),
            right.broadcastTo(batch.concat(b.shape().slice(rb - 2, rb)))));
  }

  /** In f32. A cast below a transpose writes in the order in which it reads. */
  private static Tensor widened(Tensor x) {
    return x.dtype() != DType.F32 && x.op() instanceof MovementOp.Permute permute
        ? new Tensor(permute.with(List.of(widened(permute.x()))))
        : x.cast(DType.F32);
  }

  /** The transpose that would make the inner dimensions equal, as a question. */
  private static String transposed(Shape a, Shape b) {
    if (b.rank() > 1 && a.size(-1) == b.size(-1)) {
      return "; did you mean b.mT()?";
    }
    return a.rank() > 1 && a.size(-2) == b.size(b.rank() == 1 ? 0 : -2)
        ? "; did you mean a.mT()?"
        : "";
  }

  private static Shape batch(Shape a, Shape b) {
    try {
      return Shape.broadcast(a.slice(0, a.rank() - 2), b.slice(0, b.rank() - 2));
    } catch (ShapeException e) {
      throw new ShapeException(
          "matmul: the axes before the last two do not broadcast: " + a + " × " + b);
    }
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
    return new Tensor(new ContractionOp.Conv(x.cast(DType.F32), w.cast(DType.F32), geometry));
  }

  static Tensor convTranspose(Tensor x, Tensor w, ConvOptions options) {
    int axes = spatial(x, w);
    Ints dilation = ConvOptions.expand("dilation", options.dilation(), axes, 1);
    Ints padding = ConvOptions.expand("padding", options.padding(), axes, 0);
    Ints stride = ConvOptions.expand("stride", options.stride(), axes, 1);
    Ints extra = ConvOptions.expand("outputPadding", options.outputPadding(), axes, 0);
    int groups = options.groups();
    if (groups < 1 || x.shape().size(1) != w.shape().size(0) || w.shape().size(0) % groups != 0) {
      throw new ShapeException(
          "convTranspose: x %s must have as many channels as weight %s has entries, (in, out / groups, kernel…), and they must divide by the %d groups"
              .formatted(x.shape(), w.shape(), groups));
    }
    int[] sizes = new int[axes + 2];
    int[] after = new int[axes];
    sizes[0] = x.shape().size(0);
    sizes[1] = w.shape().size(1) * groups;
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
    var geometry = new ConvGeometry(stride, padding, Ints.of(after), dilation, groups);
    Tensor y =
        new Tensor(
            new ContractionOp.ConvInput(
                x.cast(DType.F32), w.cast(DType.F32), geometry, Shape.of(sizes)));
    for (int i = 0; i < axes; i++) {
      y = y.pad(i + 2, 0, Math.max(0, extra.get(i) - padding.get(i)), 0);
    }
    return y;
  }

  private static int spatial(Tensor x, Tensor w) {
    int axes = x.shape().rank() - 2;
    if (axes < 1 || axes > 3 || w.shape().rank() != axes + 2) {
      throw new ShapeException(
          "x "
              + x.shape()
              + " and weight "
              + w.shape()
              + " must be (batch, channels, space…) and (out, in, kernel…) with one to three"
              + " spatial axes");
    }
    return axes;
  }
}
