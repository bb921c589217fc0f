package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link ScalarMath} on a vector of floats, with the same bits. */
final class VectorMath {
  private VectorMath() {}

  static FloatVector exp(FloatVector x) {
    FloatVector c = clamp(x, EXP_LOW);
    FloatVector shifted = c.fma(LOG2_E, ROUNDER);
    IntVector n = bits(shifted).sub(ROUNDER_BITS);
    return scaled(expm1Reduced(c, shifted.sub(ROUNDER)).add(ONE), n);
  }

  /** {@link #exp} where neither argument nor result is extreme. */
  static FloatVector expModerate(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUNDER);
    FloatVector p = expm1Reduced(x, shifted.sub(ROUNDER)).add(ONE);
    return p.mul(power(bits(shifted).sub(ROUNDER_BITS)));
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector c = clamp(x, EXPM1_LOW);
    FloatVector shifted = c.fma(LOG2_E, ROUNDER);
    IntVector n = bits(shifted).sub(ROUNDER_BITS);
    FloatVector p = expm1Reduced(c, shifted.sub(ROUNDER));
    FloatVector scale = power(n);
    FloatVector y =
        scale
            .fma(p, scale.sub(ONE))
            .blend(scaled(p.add(ONE), n), n.compare(VectorOperators.GT, EXPM1_SMALL).cast(FLOATS));
    return y.blend(x, x.compare(VectorOperators.EQ, ZERO));
  }

  private static FloatVector clamp(FloatVector x, FloatVector low) {
    FloatVector c = x.blend(EXP_HIGH, x.compare(VectorOperators.GT, EXP_HIGH));
    return c.blend(low, c.compare(VectorOperators.LT, low));
  }

  private static FloatVector expm1Reduced(FloatVector c, FloatVector n) {
    FloatVector r = n.fma(MINUS_LN2_HIGH, c);
    r = n.fma(MINUS_LN2_LOW, r);
    FloatVector q = r.fma(E5, E4);
    q = q.fma(r, E3);
    q = q.fma(r, E2);
    q = q.fma(r, E1);
    q = q.fma(r, E0);
    return r.mul(r).fma(q, r);
  }

  private static FloatVector scaled(FloatVector p, IntVector n) {
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(power(half)).mul(power(n.sub(half)));
  }

  private static FloatVector power(IntVector n) {
    return n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.compare(VectorOperators.LT, MIN_NORMAL);
    FloatVector y = x.blend(x.mul(TWO_TO_23), small);
    IntVector e = bits(y).sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector f =
        bits(y).sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(ONE);
    FloatVector n = (FloatVector) e.convert(VectorOperators.I2F, 0);
    n = n.blend(n.sub(TWENTY_THREE), small);
    FloatVector p = f.fma(L8, L7);
    p = p.fma(f, L6);
    p = p.fma(f, L5);
    p = p.fma(f, L4);
    p = p.fma(f, L3);
    p = p.fma(f, L2);
    p = p.fma(f, L1);
    p = p.fma(f, L0);
    FloatVector z = f.mul(f);
    FloatVector r = n.fma(LN2_LOW, f.mul(z).mul(p));
    r = z.fma(MINUS_HALF, r);
    return n.fma(LN2_HIGH, f.add(r))
        .blend(INFINITY, x.compare(VectorOperators.EQ, INFINITY))
        .blend(MINUS_INFINITY, x.compare(VectorOperators.EQ, ZERO))
        .blend(NAN, ZERO.compare(VectorOperators.LE, x).not());
  }

  static FloatVector log1p(FloatVector x) {
    FloatVector u = x.add(ONE);
    FloatVector lost = x.sub(u.sub(ONE));
    FloatVector y = log(u);
    VectorMask<Float> regular =
        u.compare(VectorOperators.GT, ZERO).and(u.compare(VectorOperators.LT, INFINITY));
    return y.blend(y.add(lost.div(u)), regular).blend(x, x.compare(VectorOperators.EQ, ZERO));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector d = x.abs().mul(MINUS_TWO);
    FloatVector c = d.blend(EXPM1_LOW, d.compare(VectorOperators.LT, EXPM1_LOW));
    FloatVector shifted = c.fma(LOG2_E, ROUNDER);
    FloatVector scale = power(bits(shifted).sub(ROUNDER_BITS));
    FloatVector t = scale.fma(expm1Reduced(c, shifted.sub(ROUNDER)), scale.sub(ONE));
    return withSign(ZERO.sub(t).div(t.add(TWO)), x);
  }

  /**
   * @param a |x|
   * @param large the result for large a
   */
  static FloatVector erf(FloatVector x, FloatVector a, FloatVector large) {
    FloatVector z = a.mul(a);
    FloatVector p = z.fma(S5, S4);
    p = p.fma(z, S3);
    p = p.fma(z, S2);
    p = p.fma(z, S1);
    p = p.fma(z, S0);
    return withSign(large.blend(a.fma(p, a), a.compare(VectorOperators.LT, ERF_SMALL)), x);
  }

  /** ln(1 - erf a) for large a. */
  static FloatVector logErfc(FloatVector a) {
    FloatVector t = a.blend(ERF_ONE, a.compare(VectorOperators.GT, ERF_ONE));
    FloatVector q = t.fma(B5, B4);
    q = q.fma(t, B3);
    q = q.fma(t, B2);
    q = q.fma(t, B1);
    q = q.fma(t, B0);
    return t.fma(q, t).neg();
  }

  static FloatVector sin(FloatVector x) {
    FloatVector y = sine(x, 0);
    VectorMask<Float> large = x.abs().compare(VectorOperators.GT, ANGLE_LIMIT);
    return large.anyTrue() ? y.blend(oneByOne(x, true), large) : y;
  }

  static FloatVector cos(FloatVector x) {
    FloatVector y = sine(x.abs(), 1);
    VectorMask<Float> large = x.abs().compare(VectorOperators.GT, ANGLE_LIMIT);
    return large.anyTrue() ? y.blend(oneByOne(x, false), large) : y;
  }

  static FloatVector oneByOne(FloatVector x, boolean sine) {
    float[] lanes = x.toArray();
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = sine ? ScalarMath.sin(lanes[i]) : ScalarMath.cos(lanes[i]);
    }
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }

  private static FloatVector sine(FloatVector x, int quarter) {
    FloatVector a = x.abs();
    FloatVector shifted = a.fma(TWO_OVER_PI, ROUNDER);
    FloatVector n = shifted.sub(ROUNDER);
    IntVector q = bits(shifted).add(quarter);
    FloatVector r = n.fma(MINUS_PI_HIGH, a);
    r = n.fma(MINUS_PI_MIDDLE, r);
    r = n.fma(MINUS_PI_LOW, r);
    VectorMask<Float> odd = q.and(INT_ONE).compare(VectorOperators.EQ, INT_ONE).cast(FLOATS);
    FloatVector y = sineReduced(r).blend(cosineReduced(r), odd);
    IntVector sign =
        q.and(INT_TWO)
            .lanewise(VectorOperators.LSHL, 30)
            .lanewise(VectorOperators.XOR, bits(x).and(SIGN));
    return bits(y).lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
  }

  static FloatVector sineReduced(FloatVector r) {
    FloatVector z = r.mul(r);
    FloatVector p = z.fma(SIN3, SIN2);
    p = p.fma(z, SIN1);
    p = p.fma(z, SIN0);
    return r.mul(z).fma(p, r);
  }

  static FloatVector cosineReduced(FloatVector r) {
    FloatVector z = r.mul(r);
    FloatVector p = z.fma(COS3, COS2);
    p = p.fma(z, COS1);
    p = p.fma(z, COS0);
    return z.mul(z).fma(p, z.fma(MINUS_HALF, ONE));
  }

  static FloatVector sign(FloatVector x) {
    return x.blend(ONE, x.compare(VectorOperators.GT, ZERO))
        .blend(MINUS_ONE, x.compare(VectorOperators.LT, ZERO));
  }

  /** To the nearest integer, ties to even. */
  static FloatVector round(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector rounded = a.add(TWO_TO_23).sub(TWO_TO_23);
    return withSign(a.blend(rounded, a.compare(VectorOperators.LT, TWO_TO_23)), x);
  }

  static FloatVector floor(FloatVector x) {
    FloatVector r = round(x);
    return withSign(r.blend(r.sub(ONE), r.compare(VectorOperators.GT, x)), x);
  }

  static FloatVector ceil(FloatVector x) {
    FloatVector r = round(x);
    return withSign(r.blend(r.add(ONE), r.compare(VectorOperators.LT, x)), x);
  }

  /** The magnitude's own sign must be +, or that of the other. */
  private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
    return bits(magnitude).or(bits(sign).and(SIGN)).reinterpretAsFloats();
  }

  private static IntVector bits(FloatVector x) {
    return x.reinterpretAsInts();
  }
}
