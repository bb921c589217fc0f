package dev.merapi.tensor;

/**
 * What the contractions of a {@link Step} multiply: matrix products, convolutions, and the
 * gradients of both. Everything else computes in f32 whatever this says, and parameters keep the
 * dtype that they have.
 */
public enum Precision {
  /** Factors as they are. */
  F32,

  /**
   * Factors rounded to {@link DType#BF16}, to the nearest and ties to even; products and sums in
   * f32. Factors are stored as bf16, in half the memory. Where the processor multiplies bf16 and a
   * library that makes it do so is found ({@link dev.merapi.backend.Accelerator}), this is up to
   * twice as fast as f32; elsewhere it is no faster.
   */
  BF16;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
