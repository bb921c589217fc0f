package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One array as it lies in a file: row by row, little-endian, without gaps. Its bytes are often a
 * mapped part of that file, at any alignment.
 *
 * @param type the type of the elements
 * @param shape the size of each axis; empty for a single number
 * @param bytes exactly the array's bytes
 */
public record StoredArray(ElementType type, List<Long> shape, MemorySegment bytes) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

  /** Returns the parameter's value, as it stands in its memory: the next step will change it. */
  public static StoredArray of(Parameter parameter) {
    var shape = IntStream.of(parameter.shape().toArray()).asLongStream().boxed().toList();
    return new StoredArray(ElementType.of(parameter.dtype()), shape, parameter.storage().segment());
  }

  /**
   * Returns the array as a tensor. The bytes are not copied, unless they lie too oddly to compute
   * with.
   *
   * @throws MerapiException if tensors have no such type; see {@link #toF32}
   */
  public Tensor toTensor() {
    var dtype =
        type.dtype()
            .orElseThrow(
                () ->
                    new MerapiException(
                        "an array of type %s cannot become a tensor; %s"
                            .formatted(
                                type,
                                type == ElementType.F64
                                    ? "round it with toF32() where that is precise enough"
                                    : "store it as one of " + ElementType.tensorTypes())));
    var sizes = shape.stream().mapToInt(StoredArray::axis).toArray();
    boolean aligned = bytes.isNative() && bytes.address() % dtype.bytes() == 0;
    return Tensor.wrap(dtype, aligned ? bytes : offHeap(), Shape.of(sizes));
  }

  private static int axis(long size) {
    if (size > Integer.MAX_VALUE) {
      throw new MerapiException(
          "an axis of %d elements is too long for a tensor; %d is the most"
              .formatted(size, Integer.MAX_VALUE));
    }
    return (int) size;
  }

  private MemorySegment offHeap() {
    return Arena.ofAuto().allocate(bytes.byteSize(), 64).copyFrom(bytes);
  }

  /**
   * Returns a copy in 32-bit floats, each rounded to the nearest.
   *
   * @throws MerapiException if this is not an array of 64-bit floats
   */
  public StoredArray toF32() {
    if (type != ElementType.F64) {
      throw new MerapiException("toF32: this is %s; only F64 is rounded to F32".formatted(this));
    }
    var floats = Arena.ofAuto().allocate(bytes.byteSize() / 2, 64);
    for (long i = 0; i < bytes.byteSize() / 8; i++) {
      floats.set(FLOAT, i * 4, (float) bytes.get(DOUBLE, i * 8));
    }
    return new StoredArray(ElementType.F32, shape, floats);
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
