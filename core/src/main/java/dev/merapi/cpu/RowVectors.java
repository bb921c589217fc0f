package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.INTS;
import static dev.merapi.cpu.VectorConstants.INT_ONE;
import static dev.merapi.cpu.VectorConstants.ONE;
import static dev.merapi.cpu.VectorConstants.ZERO;
import static dev.merapi.cpu.VectorLoops.floats;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * What generated code calls: an op on one vector, by the name of its kind in lower case, with the
 * bits that {@link VectorLoops} gives. Conditions are masks of floats. A method for each op and
 * type, and no method behind them: {@link RowInliner} copies their bodies, and those alone.
 */
final class RowVectors {
  static final int LANES = FLOATS.length();

  /** Vectors of partial results of a reduction: element i goes to partial i mod 32. */
  static final int PARTIALS = Math.max(1, 32 / LANES);

  /** Bytes of them. */
  static final int PARTIAL_BYTES = 4 * Math.max(32, LANES);

  static final IntVector INT_ZERO = IntVector.zero(INTS);
  private static final VectorShuffle<Float> EIGHT = from(8);
  private static final VectorShuffle<Float> FOUR = from(4);
  private static final VectorShuffle<Float> TWO = from(2);
  private static final VectorShuffle<Float> NEXT = from(1);

  private RowVectors() {}

  // ---- floats

  static FloatVector neg(FloatVector x) {
    return x.neg();
  }

  static FloatVector abs(FloatVector x) {
    return x.abs();
  }

  static FloatVector reciprocal(FloatVector x) {
    return ONE.div(x);
  }

  static FloatVector sqrt(FloatVector x) {
    return x.sqrt();
  }

  static FloatVector rsqrt(FloatVector x) {
    return ONE.div(x.sqrt());
  }

  static FloatVector relu(FloatVector x) {
    return x.blend(ZERO, x.compare(VectorOperators.LE, ZERO));
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = VectorMath.exp(x.abs().neg());
    return ONE.blend(e, x.compare(VectorOperators.LT, ZERO)).div(e.add(ONE));
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    return VectorMath.erf(x, a, ONE.sub(VectorMath.expModerate(VectorMath.logErfc(a))));
  }

  static FloatVector add(FloatVector a, FloatVector b) {
    return a.add(b);
  }

  static FloatVector sub(FloatVector a, FloatVector b) {
    return a.sub(b);
  }

  static FloatVector mul(FloatVector a, FloatVector b) {
    return a.mul(b);
  }

  static FloatVector div(FloatVector a, FloatVector b) {
    return a.div(b);
  }

  static FloatVector max(FloatVector a, FloatVector b) {
    return a.max(b);
  }

  static FloatVector min(FloatVector a, FloatVector b) {
    return a.min(b);
  }

  static VectorMask<Float> eq(FloatVector a, FloatVector b) {
    return a.compare(VectorOperators.EQ, b);
  }

  static VectorMask<Float> ne(FloatVector a, FloatVector b) {
    return a.compare(VectorOperators.NE, b);
  }

  static VectorMask<Float> lt(FloatVector a, FloatVector b) {
    return a.compare(VectorOperators.LT, b);
  }

  static VectorMask<Float> le(FloatVector a, FloatVector b) {
    return a.compare(VectorOperators.LE, b);
  }

  // ---- integers

  static IntVector neg(IntVector x) {
    return x.neg();
  }

  static IntVector add(IntVector a, IntVector b) {
    return a.add(b);
  }

  static IntVector sub(IntVector a, IntVector b) {
    return a.sub(b);
  }

  static IntVector mul(IntVector a, IntVector b) {
    return a.mul(b);
  }

  static IntVector max(IntVector a, IntVector b) {
    return a.max(b);
  }

  static IntVector min(IntVector a, IntVector b) {
    return a.min(b);
  }

  static IntVector and(IntVector a, IntVector b) {
    return a.and(b);
  }

  static IntVector or(IntVector a, IntVector b) {
    return a.or(b);
  }

  static IntVector xor(IntVector a, IntVector b) {
    return a.lanewise(VectorOperators.XOR, b);
  }

  static VectorMask<Float> eq(IntVector a, IntVector b) {
    return a.compare(VectorOperators.EQ, b).cast(FLOATS);
  }

  static VectorMask<Float> ne(IntVector a, IntVector b) {
    return a.compare(VectorOperators.NE, b).cast(FLOATS);
  }

  static VectorMask<Float> lt(IntVector a, IntVector b) {
    return a.compare(VectorOperators.LT, b).cast(FLOATS);
  }

  static VectorMask<Float> le(IntVector a, IntVector b) {
    return a.compare(VectorOperators.LE, b).cast(FLOATS);
  }

  // ---- conditions

  static VectorMask<Float> not(VectorMask<Float> a) {
    return a.not();
  }

  static VectorMask<Float> and(VectorMask<Float> a, VectorMask<Float> b) {
    return a.and(b);
  }

  static VectorMask<Float> or(VectorMask<Float> a, VectorMask<Float> b) {
    return a.or(b);
  }

  static VectorMask<Float> xor(VectorMask<Float> a, VectorMask<Float> b) {
    return a.xor(b);
  }

  static FloatVector where(VectorMask<Float> condition, FloatVector a, FloatVector b) {
    return b.blend(a, condition);
  }

  static IntVector where(VectorMask<Float> condition, IntVector a, IntVector b) {
    return b.blend(a, condition.cast(INTS));
  }

  static VectorMask<Float> isTrue(IntVector x) {
    return x.compare(VectorOperators.NE, INT_ZERO).cast(FLOATS);
  }

  static VectorMask<Float> isTrue(FloatVector x) {
    return x.compare(VectorOperators.NE, ZERO);
  }

  static IntVector toInts(VectorMask<Float> condition) {
    return INT_ZERO.blend(INT_ONE, condition.cast(INTS));
  }

  // ---- conversions

  static IntVector toInts(FloatVector x) {
    return (IntVector) x.convertShape(VectorOperators.F2I, INTS, 0);
  }

  static FloatVector toFloats(IntVector x) {
    return (FloatVector) x.convertShape(VectorOperators.I2F, FLOATS, 0);
  }

  static FloatVector broadcast(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  static FloatVector toBf16(FloatVector x) {
    return CopyLoops.bf16(x.reinterpretAsInts())
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }

  // ---- memory

  static FloatVector loadBf16(long address) {
    return CopyLoops.fromBf16(address).reinterpretAsFloats();
  }

  static void storeBf16(long address, FloatVector x) {
    CopyLoops.toBf16(address, x.reinterpretAsInts());
  }

  /** The first n of a vector; what follows in memory is not read. */
  static FloatVector loadBf16(long address, int n) {
    long pad = Workspace.local().pad();
    Memory.copy(address, pad, 2L * n);
    return loadBf16(pad);
  }

  static void storeBf16(long address, FloatVector x, int n) {
    long pad = Workspace.local().pad();
    storeBf16(pad, x);
    Memory.copy(pad, address, 2L * n);
  }

  static IntVector loadBytes(long address) {
    return CopyLoops.fromBytes(address);
  }

  static void storeBytes(long address, IntVector x) {
    CopyLoops.toBytes(address, x);
  }

  static IntVector loadBytes(long address, int n) {
    long pad = Workspace.local().pad();
    Memory.copy(address, pad, n);
    return loadBytes(pad);
  }

  static void storeBytes(long address, IntVector x, int n) {
    long pad = Workspace.local().pad();
    storeBytes(pad, x);
    Memory.copy(pad, address, n);
  }

  // ---- reductions: the ends of those that Loops.reduce defines

  static float sum(long partials) {
    FloatVector p = floats(partials);
    if (LANES == 16) {
      p = p.add(floats(partials + 64));
      p = p.add(p.rearrange(EIGHT));
    } else if (LANES == 8) {
      FloatVector q = floats(partials + 32).add(floats(partials + 96));
      p = p.add(floats(partials + 64)).add(q);
    } else {
      FloatVector q = floats(partials + 16).add(floats(partials + 80));
      p = p.add(floats(partials + 64));
      p = p.add(floats(partials + 32).add(floats(partials + 96)));
      p = p.add(q.add(floats(partials + 48).add(floats(partials + 112))));
    }
    p = LANES > 4 ? p.add(p.rearrange(FOUR)) : p;
    p = p.add(p.rearrange(TWO));
    return p.add(p.rearrange(NEXT)).lane(0);
  }

  static float max(long partials) {
    FloatVector p = floats(partials);
    for (int i = 1; i < PARTIALS; i++) {
      p = p.max(floats(partials + 4L * LANES * i));
    }
    p = LANES > 8 ? p.max(p.rearrange(EIGHT)) : p;
    p = LANES > 4 ? p.max(p.rearrange(FOUR)) : p;
    p = p.max(p.rearrange(TWO));
    return p.max(p.rearrange(NEXT)).lane(0);
  }

  static float min(long partials) {
    FloatVector p = floats(partials);
    for (int i = 1; i < PARTIALS; i++) {
      p = p.min(floats(partials + 4L * LANES * i));
    }
    p = LANES > 8 ? p.min(p.rearrange(EIGHT)) : p;
    p = LANES > 4 ? p.min(p.rearrange(FOUR)) : p;
    p = p.min(p.rearrange(TWO));
    return p.min(p.rearrange(NEXT)).lane(0);
  }

  private static VectorShuffle<Float> from(int half) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + half) % LANES);
  }
}
