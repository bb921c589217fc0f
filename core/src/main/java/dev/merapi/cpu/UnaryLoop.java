package dev.merapi.cpu;

/** A loop that makes {@code n} elements of as many; steps as in {@link Loops}. */
@FunctionalInterface
public interface UnaryLoop {
  /** Runs from the address x to the address out. */
  void run(long x, int xStep, long out, int n);
}
