package dev.merapi.train;

import dev.merapi.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The types of numbers that a safetensors file can hold. A constant's name is its code in the file.
 * More of them can be stored and listed than can be computed with.
 */
public enum ElementType {
  /** Complex of two 32-bit floats. */
  C64(64),
  /** 64-bit float. */
  F64(64),
  /** 64-bit signed integer. */
  I64(64),
  /** 64-bit unsigned integer. */
  U64(64),
  /** 32-bit float. */
  F32(32),
  /** 32-bit signed integer. */
  I32(32),
  /** 32-bit unsigned integer. */
  U32(32),
  /** 16-bit float with 8 bits of exponent. */
  BF16(16),
  /** 16-bit float with 5 bits of exponent (IEEE half). */
  F16(16),
  /** 16-bit signed integer. */
  I16(16),
  /** 16-bit unsigned integer. */
  U16(16),
  /** 8-bit float, 4 bits of exponent and 3 of fraction. */
  F8_E4M3(8),
  /** As {@link #F8_E4M3}, without infinities and without a negative zero. */
  F8_E4M3FNUZ(8),
  /** 8-bit float, 5 bits of exponent and 2 of fraction. */
  F8_E5M2(8),
  /** As {@link #F8_E5M2}, without infinities and without a negative zero. */
  F8_E5M2FNUZ(8),
  /** 8-bit power of two, the scale of a block of small floats. */
  F8_E8M0(8),
  /** 8-bit signed integer. */
  I8(8),
  /** 8-bit unsigned integer. */
  U8(8),
  /** One byte, 0 or 1. */
  BOOL(8),
  /** 6-bit float, 2 bits of exponent and 3 of fraction. */
  F6_E2M3(6),
  /** 6-bit float, 3 bits of exponent and 2 of fraction. */
  F6_E3M2(6),
  /** 4-bit float, two to a byte. */
  F4(4);

  private final int bits;

  ElementType(int bits) {
    this.bits = bits;
  }

  /** Returns the size of one element in bits. */
  public int bits() {
    return bits;
  }

  /** Returns the type that a tensor's elements are stored in. */
  public static ElementType of(DType dtype) {
    return switch (dtype) {
      case BOOL -> BOOL;
      case U8 -> U8;
      case I8 -> I8;
      case I32 -> I32;
      case I64 -> I64;
      case BF16 -> BF16;
      case F16 -> F16;
      case F32 -> F32;
    };
  }

  /** Returns the type of a tensor of such elements, where there are such tensors. */
  public Optional<DType> dtype() {
    return Arrays.stream(DType.values()).filter(dtype -> of(dtype) == this).findFirst();
  }

  /** Names the types that tensors can have, for messages. */
  static String tensorTypes() {
    return Arrays.stream(DType.values())
        .map(dtype -> of(dtype).name())
        .collect(Collectors.joining(", "));
  }

  /** Returns the type with this code, such as {@code "F32"}. */
  static Optional<ElementType> of(String code) {
    return Arrays.stream(values()).filter(type -> type.name().equals(code)).findFirst();
  }

  /**
   * Returns the bytes that an array of this type and shape takes.
   *
   * @throws ArithmeticException if the count does not fit 64 bits, a size is negative, or the array
   *     would end inside a byte
   */
  long byteSize(List<Long> shape) {
    long elements = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new ArithmeticException("a size is negative");
      }
      elements = Math.multiplyExact(elements, size);
    }
    long total = Math.multiplyExact(elements, (long) bits);
    if (total % 8 != 0) {
      throw new ArithmeticException("the array ends inside a byte");
    }
    return total / 8;
  }
}
