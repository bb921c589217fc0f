package dev.merapi.cpu;

import dev.merapi.tensor.DType;

/** What a value is computed in. Bool is 0 or 1 in {@link #I32}. */
enum Lane {
  F32(4),
  I32(4),
  I64(8);

  private final int bytes;

  Lane(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** The lane that values of a dtype are computed in. */
  static Lane of(DType dtype) {
    return switch (dtype) {
      case F32, BF16, F16 -> F32;
      case I32, U8, I8, BOOL -> I32;
      case I64 -> I64;
    };
  }

  /** Whether memory of a dtype holds its lanes as they are. */
  static boolean same(DType dtype) {
    return dtype == DType.F32 || dtype == DType.I32 || dtype == DType.I64;
  }
}
