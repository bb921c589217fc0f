package dev.merapi.cpu;

/** A loop that makes {@code n} elements of as many pairs; steps as in {@link Loops}. */
@FunctionalInterface
public interface BinaryLoop {
  /** Runs from the addresses a and b to the address out. */
  void run(long a, int aStep, long b, int bStep, long out, int n);
}
