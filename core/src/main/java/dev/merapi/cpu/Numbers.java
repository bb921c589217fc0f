package dev.merapi.cpu;

import dev.merapi.graph.ReduceKind;
import dev.merapi.tensor.DType;

/** Conversions of single numbers, and the neutral elements of reductions. */
final class Numbers {
  private Numbers() {}

  /** A float's bits rounded to the 16 that bf16 keeps, ties to even; NaN stays NaN. */
  static int bf16(int bits) {
    return (bits & 0x7FFFFFFF) > 0x7F800000
        ? (bits | 0x00400000) & 0xFFFF0000
        : (bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000;
  }

  /** A float rounded to what a dtype of lane f32 holds. */
  static float rounded(float x, DType to) {
    return switch (to) {
      case BF16 -> Float.intBitsToFloat(bf16(Float.floatToRawIntBits(x)));
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(x));
      default -> x;
    };
  }

  /** A float cast to a dtype of lane i32: cut towards zero, saturated. */
  static int toInt(float x, DType to) {
    return switch (to) {
      case BOOL -> x != 0 ? 1 : 0;
      case U8 -> Math.clamp((int) x, 0, 255);
      case I8 -> Math.clamp((int) x, -128, 127);
      default -> (int) x;
    };
  }

  /** An integer cast to a dtype of lane i32: its low bits. */
  static int toInt(long x, DType to) {
    return switch (to) {
      case BOOL -> x != 0 ? 1 : 0;
      case U8 -> (int) x & 0xFF;
      case I8 -> (byte) x;
      default -> (int) x;
    };
  }

  /** Fills lanes with a number. */
  static void fill(Lane lane, double value, long out, int n) {
    for (int i = 0; i < n; i++) {
      switch (lane) {
        case F32 -> Memory.setFloat(out + 4L * i, (float) value);
        case I32 -> Memory.setInt(out + 4L * i, (int) value);
        case I64 -> Memory.setLong(out + 8L * i, (long) value);
      }
    }
  }

  /** Fills lanes with what a reduction starts from; for integers MAX and MIN start from theirs. */
  static void identity(ReduceKind kind, Lane lane, long out, int n) {
    switch (kind) {
      case SUM -> fill(lane, 0, out, n);
      case PROD -> fill(lane, 1, out, n);
      // casts saturate: the least and greatest integers
      case MAX -> fill(lane, Double.NEGATIVE_INFINITY, out, n);
      case MIN -> fill(lane, Double.POSITIVE_INFINITY, out, n);
    }
  }
}
