package dev.merapi.cpu;

import static dev.merapi.cpu.Coefficients.*;

/**
 * Functions of one float, at most about two units in the last place off. {@link VectorMath} does
 * the same operations in the same order on many, so that both have the same bits.
 */
final class ScalarMath {
  private static final int SIGN = 0x80000000;

  private ScalarMath() {}

  /** eˣ = 2ⁿ · eʳ, |r| ≤ ln 2 / 2; in two factors, so that n may leave the range of exponents. */
  static float exp(float x) {
    float c = x > EXP_HIGH ? EXP_HIGH : x;
    c = c < EXP_LOW ? EXP_LOW : c;
    float shifted = Math.fma(c, LOG2_E, ROUNDER);
    int n = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
    float p = 1 + expm1Reduced(c, shifted - ROUNDER);
    return p * power(n >> 1) * power(n - (n >> 1));
  }

  static float expm1(float x) {
    float c = x > EXP_HIGH ? EXP_HIGH : x;
    c = c < EXPM1_LOW ? EXPM1_LOW : c;
    float shifted = Math.fma(c, LOG2_E, ROUNDER);
    int n = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
    float p = expm1Reduced(c, shifted - ROUNDER);
    float large = (1 + p) * power(n >> 1) * power(n - (n >> 1));
    float scale = power(n);
    float y = n > EXPM1_SMALL ? large : Math.fma(scale, p, scale - 1);
    return x == 0 ? x : y;
  }

  /** e^(c - n ln 2) - 1. */
  private static float expm1Reduced(float c, float n) {
    float r = Math.fma(n, -LN2_HIGH, c);
    r = Math.fma(n, -LN2_LOW, r);
    float q = Math.fma(E5, r, E4);
    q = Math.fma(q, r, E3);
    q = Math.fma(q, r, E2);
    q = Math.fma(q, r, E1);
    q = Math.fma(q, r, E0);
    return Math.fma(r * r, q, r);
  }

  private static float power(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  static float log(float x) {
    boolean small = x < Float.MIN_NORMAL;
    float y = small ? x * 0x1p23f : x;
    int e = (Float.floatToRawIntBits(y) - SQRT_HALF_BITS) >> 23;
    float f = Float.intBitsToFloat(Float.floatToRawIntBits(y) - (e << 23)) - 1;
    float n = small ? (float) e - 23 : (float) e;
    float p = Math.fma(L8, f, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    p = Math.fma(p, f, L0);
    float z = f * f;
    float r = Math.fma(n, LN2_LOW, f * z * p);
    r = Math.fma(z, -0.5f, r);
    float result = Math.fma(n, LN2_HIGH, f + r);
    result = x == Float.POSITIVE_INFINITY ? x : result;
    result = x == 0 ? Float.NEGATIVE_INFINITY : result;
    return x >= 0 ? result : Float.NaN;
  }

  /** ln u + (x - (u - 1)) / u for u = 1 + x rounded. */
  static float log1p(float x) {
    float u = 1 + x;
    float lost = x - (u - 1);
    float y = log(u);
    y = u > 0 && u < Float.POSITIVE_INFINITY ? y + lost / u : y;
    return x == 0 ? x : y;
  }

  /** -e / (e + 2) for e = expm1(-2 |x|), and the sign of x. */
  static float tanh(float x) {
    float d = Math.abs(x) * -2;
    float c = d < EXPM1_LOW ? EXPM1_LOW : d;
    float shifted = Math.fma(c, LOG2_E, ROUNDER);
    float scale = power(Float.floatToRawIntBits(shifted) - ROUNDER_BITS);
    float t = Math.fma(scale, expm1Reduced(c, shifted - ROUNDER), scale - 1);
    return withSign((0 - t) / (t + 2), x);
  }

  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  static float erf(float x) {
    float a = Math.abs(x);
    float z = a * a;
    float p = Math.fma(S5, z, S4);
    p = Math.fma(p, z, S3);
    p = Math.fma(p, z, S2);
    p = Math.fma(p, z, S1);
    p = Math.fma(p, z, S0);
    float small = Math.fma(a, p, a);
    float t = a > ERF_ONE ? ERF_ONE : a;
    float q = Math.fma(B5, t, B4);
    q = Math.fma(q, t, B3);
    q = Math.fma(q, t, B2);
    q = Math.fma(q, t, B1);
    q = Math.fma(q, t, B0);
    float large = 1 - exp(-Math.fma(t, q, t));
    return withSign(a < ERF_SMALL ? small : large, x);
  }

  static float sin(float x) {
    return Math.abs(x) > ANGLE_LIMIT ? (float) Math.sin(x) : sine(x, 0);
  }

  static float cos(float x) {
    return Math.abs(x) > ANGLE_LIMIT ? (float) Math.cos(x) : sine(Math.abs(x), 1);
  }

  /** sin(x + quarter · π / 2). */
  private static float sine(float x, int quarter) {
    float a = Math.abs(x);
    float shifted = Math.fma(a, TWO_OVER_PI, ROUNDER);
    float n = shifted - ROUNDER;
    int q = Float.floatToRawIntBits(shifted) + quarter;
    float r = Math.fma(n, -HALF_PI_HIGH, a);
    r = Math.fma(n, -HALF_PI_MIDDLE, r);
    r = Math.fma(n, -HALF_PI_LOW, r);
    float y = (q & 1) == 0 ? sineReduced(r) : cosineReduced(r);
    int sign = ((q & 2) << 30) ^ (Float.floatToRawIntBits(x) & SIGN);
    return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ sign);
  }

  /** The sine of |r| ≤ π / 4. */
  static float sineReduced(float r) {
    float z = r * r;
    float p = Math.fma(SIN3, z, SIN2);
    p = Math.fma(p, z, SIN1);
    p = Math.fma(p, z, SIN0);
    return Math.fma(r * z, p, r);
  }

  /** The cosine of |r| ≤ π / 4. */
  static float cosineReduced(float r) {
    float z = r * r;
    float p = Math.fma(COS3, z, COS2);
    p = Math.fma(p, z, COS1);
    p = Math.fma(p, z, COS0);
    return Math.fma(z * z, p, Math.fma(z, -0.5f, 1));
  }

  /** The quotient's floor times b taken from a: the remainder with the sign of b. */
  static float remainder(float a, float b) {
    float r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }

  private static float withSign(float magnitude, float sign) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) | (Float.floatToRawIntBits(sign) & SIGN));
  }
}
