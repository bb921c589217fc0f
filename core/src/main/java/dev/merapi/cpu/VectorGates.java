package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.ONE;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;

import jdk.incubator.vector.FloatVector;

/** {@link GateLoops} with the Vector API. */
final class VectorGates implements GateLoops {
  private static final long STEP = 4L * FLOATS.length();

  @Override
  public void cell(long gates, long c, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += STEP) {
      FloatVector i = floats(gates + at);
      FloatVector f = floats(gates + gate + at);
      FloatVector g = floats(gates + 3 * gate + at);
      put(c + at, f.fma(floats(c + at), i.mul(g)));
    }
  }

  @Override
  public void cellGradient(long gates, long dh, long before, long bent, long dc, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += STEP) {
      FloatVector i = floats(gates + at);
      FloatVector f = floats(gates + gate + at);
      FloatVector o = floats(gates + 2 * gate + at);
      FloatVector g = floats(gates + 3 * gate + at);
      FloatVector t = floats(bent + at);
      FloatVector d = floats(dh + at);
      FloatVector c = d.mul(o).fma(ONE.sub(t.mul(t)), floats(dc + at));
      put(gates + at, c.mul(g).mul(i.mul(ONE.sub(i))));
      put(gates + gate + at, c.mul(floats(before + at)).mul(f.mul(ONE.sub(f))));
      put(gates + 2 * gate + at, d.mul(t).mul(o.mul(ONE.sub(o))));
      put(gates + 3 * gate + at, c.mul(i).mul(ONE.sub(g.mul(g))));
      put(dc + at, c.mul(f));
    }
  }

  @Override
  public void reset(long gates, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += STEP) {
      long to = gates + 2 * gate + at;
      put(to, floats(gates + at).fma(floats(gates + 3 * gate + at), floats(to)));
    }
  }

  @Override
  public void update(long gates, long h, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += STEP) {
      FloatVector z = floats(gates + gate + at);
      FloatVector candidate = floats(gates + 2 * gate + at);
      put(h + at, z.fma(floats(h + at).sub(candidate), candidate));
    }
  }

  @Override
  public void unitGradient(long gates, long dh, long before, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += STEP) {
      FloatVector r = floats(gates + at);
      FloatVector z = floats(gates + gate + at);
      FloatVector c = floats(gates + 2 * gate + at);
      FloatVector m = floats(gates + 3 * gate + at);
      FloatVector d = floats(dh + at);
      FloatVector dc = d.mul(ONE.sub(z)).mul(ONE.sub(c.mul(c)));
      put(gates + at, dc.mul(m).mul(r.mul(ONE.sub(r))));
      put(gates + gate + at, d.mul(floats(before + at).sub(c)).mul(z.mul(ONE.sub(z))));
      put(gates + 2 * gate + at, dc);
      put(gates + 3 * gate + at, dc.mul(r));
      put(dh + at, d.mul(z));
    }
  }
}
