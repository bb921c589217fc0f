package dev.merapi.tensor;

import dev.merapi.graph.Ints;
import java.util.Arrays;

/** The sizes of a tensor's axes; immutable. A scalar has rank 0. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] sizes;
  private final long elements;

  private Shape(int[] sizes) {
    this.sizes = sizes;
    long product = 1;
    for (int size : sizes) {
      if (Math.multiplyHigh(product, (long) size) != 0 || product * size < 0) {
        throw new ShapeException("no tensor has so many elements: " + Arrays.toString(sizes));
      }
      product *= size;
    }
    this.elements = product;
  }

  /** A shape; sizes are not negative. */
  public static Shape of(int... sizes) {
    if (sizes.length == 0) {
      return SCALAR;
    }
    for (int size : sizes) {
      if (size < 0) {
        throw new ShapeException("a size cannot be negative: " + Arrays.toString(sizes));
      }
    }
    return new Shape(sizes.clone());
  }

  public int rank() {
    return sizes.length;
  }

  /** Size along an axis; negative axes count from the end. */
  public int size(int axis) {
    return sizes[axis(axis)];
  }

  /** Number of elements: the product of the sizes. */
  public long elements() {
    return elements;
  }

  public int[] toArray() {
    return sizes.clone();
  }

  /** The axis as a number from 0, a negative one counted from the end. */
  public int axis(int axis) {
    int rank = sizes.length;
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(
          "axis "
              + axis
              + " is out of range for the shape "
              + this
              + (rank == 0 ? ": a scalar has no axes" : "; use " + -rank + " … " + (rank - 1)));
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** The axes as sorted numbers from 0; none given means all. */
  public Ints axes(int... axes) {
    if (axes.length == 0) {
      return Ints.range(sizes.length);
    }
    int[] result = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      result[i] = axis(axes[i]);
    }
    Arrays.sort(result);
    for (int i = 1; i < result.length; i++) {
      if (result[i] == result[i - 1]) {
        throw new ShapeException(
            "axis " + result[i] + " is named twice in " + Arrays.toString(axes));
      }
    }
    return Ints.of(result);
  }

  /** This shape with another size along one axis. */
  public Shape with(int axis, int size) {
    int[] result = sizes.clone();
    result[axis(axis)] = size;
    return of(result);
  }

  /** The sizes of axes {@code from} (inclusive) to {@code to} (exclusive), both from 0. */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(sizes, from, to));
  }

  /** This shape's sizes followed by the other's. */
  public Shape concat(Shape other) {
    int[] result = Arrays.copyOf(sizes, sizes.length + other.sizes.length);
    System.arraycopy(other.sizes, 0, result, sizes.length, other.sizes.length);
    return of(result);
  }

  /** The numpy broadcast of two shapes: aligned at the end, sizes of 1 stretch. */
  public static Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.size(-i) : 1;
      int y = i <= b.rank() ? b.size(-i) : 1;
      if (x != y && x != 1 && y != 1) {
        throw new ShapeException(
            "shapes do not broadcast: "
                + a
                + " and "
                + b
                + ": axis "
                + -i
                + " has "
                + x
                + " and "
                + y
                + "; they must be equal or one of them 1 (reshape or unsqueeze to line the axes"
                + " up)");
      }
      result[rank - i] = x == 1 ? y : x;
    }
    return of(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** As the field writes it: {@code (32, 784)}, {@code (10,)}, {@code ()}. */
  @Override
  public String toString() {
    if (sizes.length == 1) {
      return "(" + sizes[0] + ",)";
    }
    var text = new StringBuilder("(");
    for (int i = 0; i < sizes.length; i++) {
      text.append(i == 0 ? "" : ", ").append(sizes[i]);
    }
    return text.append(')').toString();
  }
}
