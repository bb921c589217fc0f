package dev.merapi.reference;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;

/** The element-wise ops on one double. */
final class Scalars {
  private Scalars() {}

  static double unary(UnaryKind kind, double x) {
    return switch (kind) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case NOT -> x == 0 ? 1 : 0;
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case ERF -> erf(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case RELU -> Math.max(x, 0);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
    };
  }

  static double binary(BinaryKind kind, boolean whole, double a, double b) {
    return switch (kind) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> whole ? (b == 0 ? 0 : Math.floor(a / b)) : a / b;
      case REM -> whole && b == 0 ? 0 : remainder(a, b);
      case POW -> Math.pow(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      case AND -> a != 0 && b != 0 ? 1 : 0;
      case OR -> a != 0 || b != 0 ? 1 : 0;
      case XOR -> (a != 0) != (b != 0) ? 1 : 0;
    };
  }

  private static double remainder(double a, double b) {
    double r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }

  static double cast(double x, DType from, DType to) {
    return switch (to) {
      case BOOL -> x != 0 ? 1 : 0;
      case U8 -> from.isFloat() ? saturate(x, 0, 255) : (long) x & 0xFF;
      case I8 -> from.isFloat() ? saturate(x, -128, 127) : (byte) (long) x;
      case I32 -> from.isFloat() ? (int) x : (int) (long) x;
      case I64 -> from.isFloat() ? (long) x : x;
      case BF16 -> Float.intBitsToFloat(bf16Bits((float) x));
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) x));
      case F32 -> x;
    };
  }

  private static double saturate(double x, int low, int high) {
    return Math.clamp((int) x, low, high); // the cast gives 0 for NaN
  }

  /** A float's bits rounded to the 16 that bf16 keeps, ties to even; NaN stays NaN. */
  static int bf16Bits(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x)
        ? (bits | 0x00400000) & 0xFFFF0000
        : (bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000;
  }

  /**
   * Maclaurin series below 3, continued fraction above (Abramowitz and Stegun 7.1.6 and 7.1.14).
   */
  static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x) || a > 6) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    if (a < 3) {
      double term = a;
      double sum = a;
      for (int n = 1; Math.abs(term) > 1e-17 * sum; n++) {
        term *= 2 * a * a / (2 * n + 1);
        sum += term;
      }
      return Math.signum(x) * 2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum;
    }
    double fraction = a;
    for (int k = 60; k >= 1; k--) {
      fraction = a + (k / 2.0) / fraction;
    }
    return Math.signum(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
  }
}
