package dev.merapi.train;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One array as it lies in a file: row by row, little-endian, without gaps. Its bytes are often a
 * mapped part of that file, at any alignment.
 *
 * @param type the type of the elements
 * @param shape the size of each axis; empty for a single number
 * @param bytes exactly the array's bytes
 */
public record StoredArray(ElementType type, List<Long> shape, MemorySegment bytes) {
  /**
   * Checks that the bytes are as many as type and shape ask for.
   *
   * @throws IllegalArgumentException if they are not
   */
  public StoredArray {
    shape = List.copyOf(shape);
    long expected;
    try {
      expected = type.byteSize(shape);
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          "an array of " + type + " cannot have the shape " + shapeText(shape), overflow);
    }
    if (expected != bytes.byteSize()) {
      throw new IllegalArgumentException(
          "%s %s takes %d bytes, and %d were given"
              .formatted(type, shapeText(shape), expected, bytes.byteSize()));
    }
  }

  /** Returns whether the other array has the same type, shape and bytes. */
  public boolean sameAs(StoredArray other) {
    return type == other.type && shape.equals(other.shape) && bytes.mismatch(other.bytes) < 0;
  }

  /** Returns type and shape as in {@code F32 (128, 784)}. */
  @Override
  public String toString() {
    return type + " " + shapeText(shape);
  }

  /** As the field writes it: {@code (32, 784)}, {@code (10,)}, {@code ()}. */
  static String shapeText(List<Long> shape) {
    if (shape.size() == 1) {
      return "(" + shape.getFirst() + ",)";
    }
    return shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }
}
