package dev.merapi.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Coefficients} as vectors. A constant vector is far less for C2 to inline than a broadcast,
 * and it stops inlining where a method has become too large.
 */
final class VectorConstants {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  static final FloatVector ZERO = floats(0);
  static final FloatVector ONE = floats(1);
  static final FloatVector TWO = floats(2);
  static final FloatVector MINUS_ONE = floats(-1);
  static final FloatVector MINUS_TWO = floats(-2);
  static final FloatVector MINUS_HALF = floats(-0.5f);
  static final FloatVector TWENTY_THREE = floats(23);
  static final FloatVector TWO_TO_23 = floats(0x1p23f);
  static final FloatVector MIN_NORMAL = floats(Float.MIN_NORMAL);
  static final FloatVector INFINITY = floats(Float.POSITIVE_INFINITY);
  static final FloatVector MINUS_INFINITY = floats(Float.NEGATIVE_INFINITY);
  static final FloatVector NAN = floats(Float.NaN);

  static final FloatVector ROUNDER = floats(Coefficients.ROUNDER);
  static final FloatVector LOG2_E = floats(Coefficients.LOG2_E);
  static final FloatVector LN2_HIGH = floats(Coefficients.LN2_HIGH);
  static final FloatVector LN2_LOW = floats(Coefficients.LN2_LOW);
  static final FloatVector EXP_HIGH = floats(Coefficients.EXP_HIGH);
  static final FloatVector EXP_LOW = floats(Coefficients.EXP_LOW);
  static final FloatVector EXPM1_LOW = floats(Coefficients.EXPM1_LOW);
  static final FloatVector E0 = floats(Coefficients.E0);
  static final FloatVector E1 = floats(Coefficients.E1);
  static final FloatVector E2 = floats(Coefficients.E2);
  static final FloatVector E3 = floats(Coefficients.E3);
  static final FloatVector E4 = floats(Coefficients.E4);
  static final FloatVector E5 = floats(Coefficients.E5);
  static final FloatVector L0 = floats(Coefficients.L0);
  static final FloatVector L1 = floats(Coefficients.L1);
  static final FloatVector L2 = floats(Coefficients.L2);
  static final FloatVector L3 = floats(Coefficients.L3);
  static final FloatVector L4 = floats(Coefficients.L4);
  static final FloatVector L5 = floats(Coefficients.L5);
  static final FloatVector L6 = floats(Coefficients.L6);
  static final FloatVector L7 = floats(Coefficients.L7);
  static final FloatVector L8 = floats(Coefficients.L8);
  static final FloatVector ERF_SMALL = floats(Coefficients.ERF_SMALL);
  static final FloatVector ERF_ONE = floats(Coefficients.ERF_ONE);
  static final FloatVector S0 = floats(Coefficients.S0);
  static final FloatVector S1 = floats(Coefficients.S1);
  static final FloatVector S2 = floats(Coefficients.S2);
  static final FloatVector S3 = floats(Coefficients.S3);
  static final FloatVector S4 = floats(Coefficients.S4);
  static final FloatVector S5 = floats(Coefficients.S5);
  static final FloatVector B0 = floats(Coefficients.B0);
  static final FloatVector B1 = floats(Coefficients.B1);
  static final FloatVector B2 = floats(Coefficients.B2);
  static final FloatVector B3 = floats(Coefficients.B3);
  static final FloatVector B4 = floats(Coefficients.B4);
  static final FloatVector B5 = floats(Coefficients.B5);
  static final FloatVector TWO_OVER_PI = floats(Coefficients.TWO_OVER_PI);
  static final FloatVector ANGLE_LIMIT = floats(Coefficients.ANGLE_LIMIT);
  static final FloatVector SIN0 = floats(Coefficients.SIN0);
  static final FloatVector SIN1 = floats(Coefficients.SIN1);
  static final FloatVector SIN2 = floats(Coefficients.SIN2);
  static final FloatVector SIN3 = floats(Coefficients.SIN3);
  static final FloatVector COS0 = floats(Coefficients.COS0);
  static final FloatVector COS1 = floats(Coefficients.COS1);
  static final FloatVector COS2 = floats(Coefficients.COS2);
  static final FloatVector COS3 = floats(Coefficients.COS3);
  static final FloatVector MINUS_LN2_HIGH = floats(-Coefficients.LN2_HIGH);
  static final FloatVector MINUS_LN2_LOW = floats(-Coefficients.LN2_LOW);
  static final FloatVector MINUS_PI_HIGH = floats(-Coefficients.HALF_PI_HIGH);
  static final FloatVector MINUS_PI_MIDDLE = floats(-Coefficients.HALF_PI_MIDDLE);
  static final FloatVector MINUS_PI_LOW = floats(-Coefficients.HALF_PI_LOW);

  static final IntVector SIGN = ints(0x80000000);
  static final IntVector EXPONENT_BIAS = ints(127);
  static final IntVector INT_ONE = ints(1);
  static final IntVector INT_TWO = ints(2);
  static final IntVector ROUNDER_BITS = ints(Coefficients.ROUNDER_BITS);
  static final IntVector SQRT_HALF_BITS = ints(Coefficients.SQRT_HALF_BITS);
  static final IntVector EXPM1_SMALL = ints(Coefficients.EXPM1_SMALL);

  private VectorConstants() {}

  private static FloatVector floats(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  private static IntVector ints(int value) {
    return IntVector.broadcast(INTS, value);
  }
}
