package dev.merapi.cpu;

import static dev.merapi.cpu.Coefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} on a vector of floats, with the same bits. */
final class VectorMath {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  private static final int SIGN = 0x80000000;

  private VectorMath() {}

  static FloatVector exp(FloatVector x) {
    FloatVector c = clamp(x, EXP_LOW);
    FloatVector shifted = multiplyAdd(c, LOG2_E, ROUNDER);
    IntVector n = bits(shifted).sub(ROUNDER_BITS);
    return scaled(expm1Reduced(c, shifted.sub(ROUNDER)).add(1), n);
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector c = clamp(x, EXPM1_LOW);
    FloatVector shifted = multiplyAdd(c, LOG2_E, ROUNDER);
    IntVector n = bits(shifted).sub(ROUNDER_BITS);
    FloatVector p = expm1Reduced(c, shifted.sub(ROUNDER));
    FloatVector scale = power(n);
    FloatVector y =
        scale
            .fma(p, scale.sub(1))
            .blend(scaled(p.add(1), n), n.compare(VectorOperators.GT, EXPM1_SMALL).cast(FLOATS));
    return y.blend(x, x.compare(VectorOperators.EQ, 0));
  }

  private static FloatVector clamp(FloatVector x, float low) {
    FloatVector c = x.blend(EXP_HIGH, x.compare(VectorOperators.GT, EXP_HIGH));
    return c.blend(low, c.compare(VectorOperators.LT, low));
  }

  private static FloatVector expm1Reduced(FloatVector c, FloatVector n) {
    FloatVector r = n.fma(constant(-LN2_HIGH), c);
    r = n.fma(constant(-LN2_LOW), r);
    FloatVector q = multiplyAdd(r, E5, E4);
    q = horner(q, r, E3);
    q = horner(q, r, E2);
    q = horner(q, r, E1);
    q = horner(q, r, E0);
    return r.mul(r).fma(q, r);
  }

  private static FloatVector scaled(FloatVector p, IntVector n) {
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(power(half)).mul(power(n.sub(half)));
  }

  private static FloatVector power(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    FloatVector y = x.blend(x.mul(0x1p23f), small);
    IntVector e = bits(y).sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector f = bits(y).sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
    FloatVector n = (FloatVector) e.convert(VectorOperators.I2F, 0);
    n = n.blend(n.sub(23), small);
    FloatVector p = multiplyAdd(f, L8, L7);
    p = horner(p, f, L6);
    p = horner(p, f, L5);
    p = horner(p, f, L4);
    p = horner(p, f, L3);
    p = horner(p, f, L2);
    p = horner(p, f, L1);
    p = horner(p, f, L0);
    FloatVector z = f.mul(f);
    FloatVector r = n.fma(constant(LN2_LOW), f.mul(z).mul(p));
    r = z.fma(constant(-0.5f), r);
    return n.fma(constant(LN2_HIGH), f.add(r))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY))
        .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0))
        .blend(Float.NaN, x.compare(VectorOperators.GE, 0).not());
  }

  static FloatVector log1p(FloatVector x) {
    FloatVector u = x.add(1);
    FloatVector lost = x.sub(u.sub(1));
    FloatVector y = log(u);
    VectorMask<Float> regular =
        u.compare(VectorOperators.GT, 0)
            .and(u.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
    return y.blend(y.add(lost.div(u)), regular).blend(x, x.compare(VectorOperators.EQ, 0));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector z = a.mul(a);
    FloatVector p = multiplyAdd(z, T5, T4);
    p = horner(p, z, T3);
    p = horner(p, z, T2);
    p = horner(p, z, T1);
    p = horner(p, z, T0);
    FloatVector small = a.mul(z).fma(p, a);
    FloatVector large = constant(1).sub(constant(2).div(exp(a.add(a)).add(1)));
    return withSign(large.blend(small, a.compare(VectorOperators.LT, TANH_SMALL)), x);
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return constant(1).blend(e, x.compare(VectorOperators.LT, 0)).div(e.add(1));
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector z = a.mul(a);
    FloatVector p = multiplyAdd(z, S6, S5);
    p = horner(p, z, S4);
    p = horner(p, z, S3);
    p = horner(p, z, S2);
    p = horner(p, z, S1);
    p = horner(p, z, S0);
    FloatVector small = a.fma(p, a);
    FloatVector t = a.blend(ERF_ONE, a.compare(VectorOperators.GT, ERF_ONE));
    FloatVector q = multiplyAdd(t, B7, B6);
    q = horner(q, t, B5);
    q = horner(q, t, B4);
    q = horner(q, t, B3);
    q = horner(q, t, B2);
    q = horner(q, t, B1);
    q = horner(q, t, B0);
    FloatVector large = constant(1).sub(exp(t.fma(q, t).neg()));
    return withSign(large.blend(small, a.compare(VectorOperators.LT, ERF_SMALL)), x);
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

  private static FloatVector oneByOne(FloatVector x, boolean sine) {
    float[] lanes = x.toArray();
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = sine ? ScalarMath.sin(lanes[i]) : ScalarMath.cos(lanes[i]);
    }
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }

  private static FloatVector sine(FloatVector x, int quarter) {
    FloatVector a = x.abs();
    FloatVector shifted = multiplyAdd(a, TWO_OVER_PI, ROUNDER);
    FloatVector n = shifted.sub(ROUNDER);
    IntVector q = bits(shifted).add(quarter);
    FloatVector r = n.fma(constant(-HALF_PI_HIGH), a);
    r = n.fma(constant(-HALF_PI_MIDDLE), r);
    r = n.fma(constant(-HALF_PI_LOW), r);
    VectorMask<Float> odd = q.and(1).compare(VectorOperators.NE, 0).cast(FLOATS);
    FloatVector y = sineReduced(r).blend(cosineReduced(r), odd);
    IntVector sign =
        q.and(2)
            .lanewise(VectorOperators.LSHL, 30)
            .lanewise(VectorOperators.XOR, bits(x).and(SIGN));
    return bits(y).lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
  }

  static FloatVector sineReduced(FloatVector r) {
    FloatVector z = r.mul(r);
    FloatVector p = multiplyAdd(z, SIN3, SIN2);
    p = horner(p, z, SIN1);
    p = horner(p, z, SIN0);
    return r.mul(z).fma(p, r);
  }

  static FloatVector cosineReduced(FloatVector r) {
    FloatVector z = r.mul(r);
    FloatVector p = multiplyAdd(z, COS3, COS2);
    p = horner(p, z, COS1);
    p = horner(p, z, COS0);
    return z.mul(z).fma(p, z.fma(constant(-0.5f), constant(1)));
  }

  static FloatVector sign(FloatVector x) {
    return x.blend(1, x.compare(VectorOperators.GT, 0)).blend(-1, x.compare(VectorOperators.LT, 0));
  }

  /** To the nearest integer, ties to even. */
  static FloatVector round(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector rounded = a.add(0x1p23f).sub(0x1p23f);
    return withSign(a.blend(rounded, a.compare(VectorOperators.LT, 0x1p23f)), x);
  }

  static FloatVector floor(FloatVector x) {
    FloatVector r = round(x);
    return withSign(r.blend(r.sub(1), r.compare(VectorOperators.GT, x)), x);
  }

  static FloatVector ceil(FloatVector x) {
    FloatVector r = round(x);
    return withSign(r.blend(r.add(1), r.compare(VectorOperators.LT, x)), x);
  }

  /** The magnitude's own sign must be +, or that of the other. */
  private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
    return bits(magnitude).or(bits(sign).and(SIGN)).reinterpretAsFloats();
  }

  private static IntVector bits(FloatVector x) {
    return x.reinterpretAsInts();
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  private static FloatVector multiplyAdd(FloatVector x, float factor, float term) {
    return x.fma(constant(factor), constant(term));
  }

  private static FloatVector horner(FloatVector p, FloatVector x, float term) {
    return p.fma(x, constant(term));
  }
}
