package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * Attention with linear biases (Press et al., 2022): from the score of a query at place i and a key
 * at place j, {@code slope · |i - j|} is taken, with a slope for each head. Of n heads, a power of
 * two, head h = 1 … n has {@code 2^(-8h/n)}; of another number, the greatest power of two below it
 * has its own, and the others every second of twice that power.
 */
public record Alibi() implements AttentionPositions {
  public static Alibi of() {
    return new Alibi();
  }

  /** The slopes of so many heads. */
  static float[] slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    float[] slopes = new float[heads];
    for (int h = 0; h < heads; h++) {
      double exponent = h < power ? 8.0 * (h + 1) / power : 4.0 * (2 * (h - power) + 1) / power;
      slopes[h] = (float) Math.pow(2, -exponent);
    }
    return slopes;
  }

  /** What is added to scores: places (time) and (timeK) → (heads, time, timeK). */
  Tensor bias(Tensor queries, Tensor keys, int heads) {
    Tensor distance = queries.unsqueeze(-1).sub(keys).abs().cast(DType.F32); // (time, timeK)
    return distance.mul(Tensor.of(slopes(heads), heads, 1, 1)).neg();
  }
}
