package dev.merapi.cpu;

import static dev.merapi.cpu.Memory.getFloat;
import static dev.merapi.cpu.Memory.setFloat;

/** {@link GateLoops} one by one. */
final class ScalarGates implements GateLoops {

  @Override
  public void cell(long gates, long c, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += 4) {
      float i = getFloat(gates + at);
      float f = getFloat(gates + gate + at);
      float g = getFloat(gates + 3 * gate + at);
      setFloat(c + at, Math.fma(f, getFloat(c + at), i * g));
    }
  }

  @Override
  public void cellGradient(long gates, long dh, long before, long bent, long dc, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += 4) {
      float i = getFloat(gates + at);
      float f = getFloat(gates + gate + at);
      float o = getFloat(gates + 2 * gate + at);
      float g = getFloat(gates + 3 * gate + at);
      float t = getFloat(bent + at);
      float d = getFloat(dh + at);
      float c = Math.fma(d * o, 1 - t * t, getFloat(dc + at));
      setFloat(gates + at, c * g * (i * (1 - i)));
      setFloat(gates + gate + at, c * getFloat(before + at) * (f * (1 - f)));
      setFloat(gates + 2 * gate + at, d * t * (o * (1 - o)));
      setFloat(gates + 3 * gate + at, c * i * (1 - g * g));
      setFloat(dc + at, c * f);
    }
  }

  @Override
  public void reset(long gates, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += 4) {
      long to = gates + 2 * gate + at;
      setFloat(to, Math.fma(getFloat(gates + at), getFloat(gates + 3 * gate + at), getFloat(to)));
    }
  }

  @Override
  public void update(long gates, long h, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += 4) {
      float z = getFloat(gates + gate + at);
      float candidate = getFloat(gates + 2 * gate + at);
      setFloat(h + at, Math.fma(z, getFloat(h + at) - candidate, candidate));
    }
  }

  @Override
  public void unitGradient(long gates, long dh, long before, int n) {
    long gate = 4L * n;
    for (long at = 0; at < gate; at += 4) {
      float r = getFloat(gates + at);
      float z = getFloat(gates + gate + at);
      float c = getFloat(gates + 2 * gate + at);
      float m = getFloat(gates + 3 * gate + at);
      float d = getFloat(dh + at);
      float dc = d * (1 - z) * (1 - c * c);
      setFloat(gates + at, dc * m * (r * (1 - r)));
      setFloat(gates + gate + at, d * (getFloat(before + at) - c) * (z * (1 - z)));
      setFloat(gates + 2 * gate + at, dc);
      setFloat(gates + 3 * gate + at, dc * r);
      setFloat(dh + at, d * z);
    }
  }
}
