package dev.merapi.cpu;

/**
 * The functions of recurrent cells over tiles: {@link ScalarGates} is the definition, {@link
 * VectorGates} the same bits faster. Gates stand one after another, n floats each, n whole vectors.
 */
interface GateLoops {
  /** The loops that this JVM can run best. */
  static GateLoops best() {
    return Kernels.vectorised() && VectorAttention.suits() ? new VectorGates() : new ScalarGates();
  }

  /** {@code c ← f c + i g} for gates i, f, o, g. */
  void cell(long gates, long c, int n);

  /**
   * For gates i, f, o, g after their functions, and the gradients dh and dc of the cell's results:
   * the gradients of the gates before their functions over the gates, and that of the cell before
   * over dc.
   *
   * @param before the cell before
   * @param bent tanh of the cell
   */
  void cellGradient(long gates, long dh, long before, long bent, long dc, int n);

  /** {@code n ← n + r m} for gates r, z, n, m. */
  void reset(long gates, int n);

  /** {@code h ← n + z (h - n)} for gates r, z, n, m. */
  void update(long gates, long h, int n);

  /**
   * For gates r, z, n after their functions and m, and the gradient dh of the unit's result: the
   * gradients of r, z and n before their functions and of m over the gates, and {@code z dh} over
   * dh.
   *
   * @param before the h before
   */
  void unitGradient(long gates, long dh, long before, int n);
}
