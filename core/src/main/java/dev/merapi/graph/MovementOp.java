package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** The ops that move elements and compute none. */
public sealed interface MovementOp extends Op {

  /** The same elements in row-major order under another shape. */
  record Reshape(Tensor x, Shape shape) implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Reshape(inputs.get(0), shape);
    }

    @Override
    public Object attributes() {
      return shape;
    }
  }

  /** Axis {@code i} of the result is axis {@code axes[i]} of x. */
  record Permute(Tensor x, Ints axes) implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Permute(inputs.get(0), axes);
    }

    @Override
    public Object attributes() {
      return axes;
    }
  }

  /** Axes of size 1 stretched to the size in {@code shape}; the rank stays. */
  record Broadcast(Tensor x, Shape shape) implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Broadcast(inputs.get(0), shape);
    }

    @Override
    public Object attributes() {
      return shape;
    }
  }

  /**
   * Along each axis the elements {@code start, start + step, …}, as many as the size says; steps
   * are positive.
   */
  record Slice(Tensor x, Ints starts, Ints steps, Shape shape) implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Slice(inputs.get(0), starts, steps, shape);
    }

    @Override
    public Object attributes() {
      return List.of(starts, steps, shape);
    }
  }

  /** The order of the elements reversed along some axes. */
  record Flip(Tensor x, Ints axes) implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Flip(inputs.get(0), axes);
    }

    @Override
    public Object attributes() {
      return axes;
    }
  }

  /**
   * Along each axis {@code before} and {@code after} elements of a value, and {@code interior} of
   * them between neighbours.
   */
  record Pad(Tensor x, Ints before, Ints after, Ints interior, double value)
      implements MovementOp, OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Pad(inputs.get(0), before, after, interior, value);
    }

    @Override
    public Object attributes() {
      return List.of(before, after, interior, value);
    }
  }

  /** The inputs one after another along an axis. */
  record Concat(List<Tensor> inputs, int axis) implements MovementOp {
    public Concat {
      inputs = List.copyOf(inputs);
    }

    @Override
    public Op with(List<Tensor> other) {
      return new Concat(other, axis);
    }

    @Override
    public Object attributes() {
      return axis;
    }
  }
}
