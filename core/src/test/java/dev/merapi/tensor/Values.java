package dev.merapi.tensor;

import java.util.random.RandomGenerator;

/**
 * The numbers that an op is tried on. Each kind keeps away from where its ops jump or have no
 * derivative, so that a rounding or a finite difference never steps over the edge.
 */
enum Values {
  /** Of both signs, at least 0.05 from zero. */
  SIGNED,
  /** Between 0.3 and 2. */
  POSITIVE,
  /** Around one: products of many neither vanish nor overflow. */
  NEAR_ONE,
  /** No two closer than 0.01. */
  DISTINCT,
  /** At least 0.1 from every multiple of a half. */
  OFF_HALVES,
  /** 0 and 1. */
  TRUTH,
  /** NaN, infinities, zeros of both signs, the smallest, the largest, and where functions turn. */
  EXTREME,
  /** As {@link #SIGNED}, but one in ten is not finite, or a zero of either sign. */
  MOSTLY_SIGNED;

  private static final double[] NOT_ORDINARY = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0
  };

  private static final double[] EXTREMES = {
    Float.MIN_VALUE,
    -1e-40,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1e30,
    -1e30,
    1e-20,
    -1e-20,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.99999994,
    -1e-8,
    3e-8,
    88.5,
    89,
    -87.5,
    -88.5,
    -103,
    -104.5,
    127,
    -127,
    1234567.9,
    16777216,
    -2147483648.0,
    3e9
  };

  /** Numbers that the dtype holds exactly; of integers whole ones, as small as the kind allows. */
  double[] draw(RandomGenerator random, int n, DType dtype) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          dtype.isFloat() ? stored(real(random, i), dtype) : whole(random, i, dtype == DType.U8);
      values[i] = dtype == DType.BOOL || this == TRUTH ? random.nextInt(2) : values[i];
    }
    if (this == DISTINCT) {
      shuffle(random, values);
    }
    return values;
  }

  private double real(RandomGenerator random, int i) {
    return switch (this) {
      case SIGNED -> (random.nextBoolean() ? 1 : -1) * random.nextDouble(0.05, 2);
      case POSITIVE -> random.nextDouble(0.3, 2);
      case NEAR_ONE -> random.nextDouble(0.6, 1.5);
      case DISTINCT -> (i % 2 == 0 ? 1 : -1) * (0.02 * i + random.nextDouble(0.015, 0.025));
      case OFF_HALVES -> random.nextInt(-8, 8) / 2.0 + random.nextDouble(0.1, 0.4);
      case TRUTH -> 0;
      case EXTREME ->
          random.nextInt(4) == 0
              ? NOT_ORDINARY[random.nextInt(NOT_ORDINARY.length)]
              : EXTREMES[random.nextInt(EXTREMES.length)];
      case MOSTLY_SIGNED ->
          random.nextInt(10) == 0
              ? NOT_ORDINARY[random.nextInt(NOT_ORDINARY.length)]
              : SIGNED.real(random, i);
    };
  }

  private int whole(RandomGenerator random, int i, boolean unsigned) {
    return switch (this) {
      case SIGNED, OFF_HALVES, TRUTH, EXTREME, MOSTLY_SIGNED ->
          unsigned ? random.nextInt(10) : random.nextInt(-5, 6);
      case POSITIVE -> random.nextInt(1, 6);
      case NEAR_ONE -> random.nextInt(1, 3);
      case DISTINCT -> unsigned || i % 2 == 0 ? i : -i;
    };
  }

  private static double stored(double value, DType dtype) {
    return switch (dtype) {
      case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits((float) value) & 0xFFFF0000);
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      default -> (float) value;
    };
  }

  private static void shuffle(RandomGenerator random, double[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }
}
