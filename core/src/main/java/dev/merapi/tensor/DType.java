package dev.merapi.tensor;

/**
 * The type of a tensor's elements.
 *
 * <p>Arithmetic runs in {@link #F32}, {@link #I32}, {@link #I64} and {@link #BOOL}. The others are
 * storage: an op reads them as their {@linkplain #computed() compute type}, and a result is stored
 * in one only by {@link Tensor#cast}.
 */
public enum DType {
  BOOL(1, "bool"),
  U8(1, "u8"),
  I8(1, "i8"),
  I32(4, "i32"),
  I64(8, "i64"),
  BF16(2, "bf16"),
  F16(2, "f16"),
  F32(4, "f32");

  private final int bytes;
  private final String label;

  DType(int bytes, String label) {
    this.bytes = bytes;
    this.label = label;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloat() {
    return this == F32 || this == BF16 || this == F16;
  }

  public boolean isInteger() {
    return this == I32 || this == I64 || this == U8 || this == I8;
  }

  /**
   * The type that arithmetic on this type runs in: u8, i8 → i32; bf16, f16 → f32; the others
   * themselves.
   */
  public DType computed() {
    return switch (this) {
      case U8, I8 -> I32;
      case BF16, F16 -> F32;
      case BOOL, I32, I64, F32 -> this;
    };
  }

  /** The least value: -∞ of floats. */
  public double least() {
    return switch (this) {
      case F32, BF16, F16 -> Double.NEGATIVE_INFINITY;
      case I64 -> Long.MIN_VALUE;
      case I32 -> Integer.MIN_VALUE;
      case I8 -> Byte.MIN_VALUE;
      case U8, BOOL -> 0;
    };
  }

  /** The greatest value: ∞ of floats; of i64 as the nearest double. */
  public double greatest() {
    return switch (this) {
      case F32, BF16, F16 -> Double.POSITIVE_INFINITY;
      case I64 -> Long.MAX_VALUE;
      case I32 -> Integer.MAX_VALUE;
      case I8 -> Byte.MAX_VALUE;
      case U8 -> 255;
      case BOOL -> 1;
    };
  }

  /** The compute type of an op on both: bool, i32, i64, f32, whichever comes last. */
  public static DType promote(DType a, DType b) {
    DType x = a.computed();
    DType y = b.computed();
    return x.compareTo(y) >= 0 ? x : y;
  }

  @Override
  public String toString() {
    return label;
  }
}
