package dev.merapi.cpu;

/** A loop that makes {@code n} elements of as many triples; steps as in {@link Loops}. */
@FunctionalInterface
public interface SelectLoop {
  /** Runs from the addresses c, a and b to the address out. */
  void run(long c, int cStep, long a, int aStep, long b, int bStep, long out, int n);
}
