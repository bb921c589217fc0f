package dev.merapi.nn;

import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Tensor;

/** {@code softmax(q kᵀ / √dim) v}. */
final class Attention {
  private Attention() {}

  /**
   * q (batch, heads, time, dim), k and v (batch, kvHeads, timeK, dim) → (batch, heads, time, dim).
   * Where it is causal the last query sees all keys, and each one before it one less.
   */
  static Tensor of(Tensor q, Tensor k, Tensor v, boolean causal, double dropout, Mode mode) {
    var options = AttentionOptions.DEFAULT.causal(causal);
    return switch (mode) {
      case Mode.Training pass when dropout > 0 ->
          Fused.attention(q, k, v, options.dropout(dropout, pass.nextKey()));
      case Mode.Training _, Mode.Evaluation _ -> Fused.attention(q, k, v, options);
    };
  }
}
