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
}
