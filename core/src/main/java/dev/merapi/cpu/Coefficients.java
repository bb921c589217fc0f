package dev.merapi.cpu;

/**
 * Numbers behind {@link ScalarMath} and {@link VectorMath}. The polynomials are minimax fits of
 * relative error (weighted least squares, iterated after Lawson) rounded to float; lowest power
 * first.
 */
final class Coefficients {
  private Coefficients() {}

  /** Adding it rounds a small float to an integer, which then stands in the low bits. */
  static final float ROUNDER = 0x1.8p23f;

  static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  static final float LOG2_E = 0x1.715476p0f;
  static final float LN2_HIGH = 0x1.62e43p-1f;
  static final float LN2_LOW = -0x1.05c61p-29f;

  /** Beyond these the results of exp are ∞ and 0. */
  static final float EXP_HIGH = 90;

  static final float EXP_LOW = -105;

  /** Below this expm1 is -1. */
  static final float EXPM1_LOW = -20;

  /** Binary exponents above which expm1 is computed as exp - 1. */
  static final int EXPM1_SMALL = 60;

  /** (eʳ - 1 - r) / r² for |r| ≤ ln 2 / 2. */
  static final float E0 = 0x1.000000p-1f;

  static final float E1 = 0x1.555554p-3f;
  static final float E2 = 0x1.5554b2p-5f;
  static final float E3 = 0x1.11118ap-7f;
  static final float E4 = 0x1.6d7218p-10f;
  static final float E5 = 0x1.a032c2p-13f;

  static final float SQRT_HALF = 0x1.6a09e6p-1f;
  static final int SQRT_HALF_BITS = Float.floatToRawIntBits(SQRT_HALF);

  /** (ln(1 + f) - f + f² / 2) / f³ for √½ ≤ 1 + f ≤ √2. */
  static final float L0 = 0x1.555548p-2f;

  static final float L1 = -0x1.000006p-2f;
  static final float L2 = 0x1.99a4b6p-3f;
  static final float L3 = -0x1.555c4ep-3f;
  static final float L4 = 0x1.233766p-3f;
  static final float L5 = -0x1.fc2200p-4f;
  static final float L6 = 0x1.e6f07ap-4f;
  static final float L7 = -0x1.de3c46p-4f;
  static final float L8 = 0x1.1457bep-4f;

  static final float ERF_SMALL = 0.93f;

  /** From here on erf is 1. */
  static final float ERF_ONE = 4;

  /** erf √z / √z - 1 for √z ≤ 0.93. */
  static final float S0 = 0x1.06eba6p-3f;

  static final float S1 = -0x1.8126dcp-2f;
  static final float S2 = 0x1.ce1904p-4f;
  static final float S3 = -0x1.b676cap-6f;
  static final float S4 = 0x1.46c234p-8f;
  static final float S5 = -0x1.3825c4p-11f;

  /** -ln(1 - erf t) / t - 1 for 0.93 ≤ t ≤ 4. */
  static final float B0 = 0x1.0736bap-3f;

  static final float B1 = 0x1.457950p-1f;
  static final float B2 = 0x1.af4caep-4f;
  static final float B3 = -0x1.77685ap-6f;
  static final float B4 = 0x1.a65690p-9f;
  static final float B5 = -0x1.c29aa0p-13f;

  static final float TWO_OVER_PI = 0x1.45f306p-1f;

  /** π / 2 in three parts. */
  static final float HALF_PI_HIGH = 0x1.921fb6p0f;

  static final float HALF_PI_MIDDLE = -0x1.777a5cp-25f;
  static final float HALF_PI_LOW = -0x1.ee59dap-50f;

  /** The largest angle that three parts of π reduce well. */
  static final float ANGLE_LIMIT = 8192;

  /** (sin √z - √z) / √z³ for √z ≤ π / 4. */
  static final float SIN0 = -0x1.555556p-3f;

  static final float SIN1 = 0x1.111108p-7f;
  static final float SIN2 = -0x1.a00f72p-13f;
  static final float SIN3 = 0x1.6ccea8p-19f;

  /** (cos √z - 1 + z / 2) / z² for √z ≤ π / 4. */
  static final float COS0 = 0x1.555556p-5f;

  static final float COS1 = -0x1.6c16b8p-10f;
  static final float COS2 = 0x1.a010d2p-16f;
  static final float COS3 = -0x1.241c20p-22f;
}
