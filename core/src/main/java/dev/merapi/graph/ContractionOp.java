package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Products and convolutions, which sum over axes of their inputs, and the windows of pooling. */
public sealed interface ContractionOp extends Op {

  /** Batched matrix product: (batch…, m, k) × (batch…, k, n) → (batch…, m, n). */
  record MatMul(Tensor a, Tensor b) implements ContractionOp {
    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new MatMul(inputs.get(0), inputs.get(1));
    }
  }

  /**
   * Convolution (cross-correlation, as the field has it): x (N, Cin, space…), w (Cout, Cin /
   * groups, kernel…) → (N, Cout, out…).
   *
   * <p>With {@link ConvInput} and {@link ConvWeight} it makes one trilinear form {@code ⟨conv(x,
   * w), dy⟩}: each is the gradient of the other two, and the three are closed under
   * differentiation.
   */
  record Conv(Tensor x, Tensor w, ConvGeometry geometry) implements ContractionOp {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, w);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Conv(inputs.get(0), inputs.get(1), geometry);
    }

    @Override
    public Object attributes() {
      return geometry;
    }
  }

  /**
   * The gradient of {@link Conv} for its input, which is the transposed convolution: dy, w → the
   * shape of x.
   */
  record ConvInput(Tensor dy, Tensor w, ConvGeometry geometry, Shape shape)
      implements ContractionOp {
    @Override
    public List<Tensor> inputs() {
      return List.of(dy, w);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new ConvInput(inputs.get(0), inputs.get(1), geometry, shape);
    }

    @Override
    public Object attributes() {
      return List.of(geometry, shape);
    }
  }

  /** The gradient of {@link Conv} for its weight: x, dy → the shape of w. */
  record ConvWeight(Tensor x, Tensor dy, ConvGeometry geometry, Shape shape)
      implements ContractionOp {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, dy);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new ConvWeight(inputs.get(0), inputs.get(1), geometry, shape);
    }

    @Override
    public Object attributes() {
      return List.of(geometry, shape);
    }
  }

  /**
   * The place of the greatest element of each window: x (P, space…) → i32 (P, windows…), an index
   * into the flattened space. One {@link Windows} an axis of the space.
   */
  record ArgPool(Tensor x, List<Windows> windows) implements ContractionOp, OfOne {
    public ArgPool {
      windows = List.copyOf(windows);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new ArgPool(inputs.get(0), windows);
    }

    @Override
    public Object attributes() {
      return windows;
    }
  }
}
