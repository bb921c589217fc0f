package dev.merapi.examples;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A walk through tensors. Their methods only note what is to be done; printing does it. */
public final class TensorTour {
  void main() {
    var x = Tensor.arange(6).reshape(2, 3);
    show("six numbers in two rows", x);
    show("what they are", x.dtype() + " " + x.shape());

    // Axes are aligned at the end, and those of size 1 stretch: (2, 3), (3,), (2, 1).
    var row = Tensor.of(new float[] {10, 20, 30});
    var column = Tensor.of(new float[] {1, -1}, 2, 1);
    show("a row added, a column multiplied", x.add(row).mul(column));

    // Slices are written as in numpy, and copy nothing.
    show("the second row from its second number", x.at("1, 1:"));
    show("columns from the last to the first", x.at(":, ::-1"));

    show("the sum of each column", x.sum(0));
    show("where each row is greatest", x.argmax(1));
    show("the rows' products with each other", x.matmul(x.mT()));
    show("the same by name", Tensor.einsum("ik,jk->ij", x, x));

    // Numbers are drawn from a key: the same key gives the same bits on every machine.
    var noise = Key.of(7).normal(2, 3);
    show("random numbers", noise);
    show("as probabilities, row by row", noise.softmax(1));

    // A gradient is a tensor, so it has gradients, too.
    var t = Tensor.of(new float[] {1, 2, 3});
    var gradient = Gradients.of(t.pow(3).sum(), List.of(t)).getFirst();
    var curvature = Gradients.of(gradient.sum(), List.of(t)).getFirst();
    show("d t³ / dt = 3 t²", gradient);
    show("and once more, 6 t", curvature);

    // A mistake shows on the line that makes it, before anything is computed.
    try {
      x.cast(DType.F32).matmul(row.reshape(1, 3));
    } catch (ShapeException mistake) {
      show("a mistake", mistake.getMessage());
    }
  }

  private static void show(String what, Object value) {
    IO.println("# " + what);
    IO.println(value);
  }
}
