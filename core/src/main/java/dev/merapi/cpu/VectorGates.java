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
}
