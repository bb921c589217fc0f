package dev.merapi.data;

import dev.merapi.tensor.Key;

/**
 * A sequence of random numbers that a key decides, for code that draws one after the other. Only
 * integers and exact arithmetic stand behind them, so that every machine draws the same.
 */
public final class Draws {
  private final Key key;
  private long count;

  public Draws(Key key) {
    this.key = key;
  }

  /** 64 random bits. */
  public long bits() {
    return key.fold(count++).value();
  }

  /** A whole number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return (int) (((bits() >>> 32) * bound) >>> 32);
  }

  /** A number between {@code low} and {@code high}. */
  public float uniform(float low, float high) {
    return low + (high - low) * ((bits() >>> 40) * 0x1p-24f);
  }

  /**
   * A number about {@code mean}: the sum of four uniform ones, which is close to normal but never
   * more than 3.46 deviations away. Hands shake; they do not jump.
   */
  public float normal(float mean, float deviation) {
    long bits = bits();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    float standard = (sum * 0x1p-16f - 2) * 1.7320508f; // four uniforms have the variance 4/12
    return mean + deviation * standard;
  }
}
