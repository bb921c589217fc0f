package dev.merapi.nn;

import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * {@code softmax(q kᵀ / √dim) v}, for q (batch, heads, time, dim), k and v (batch, kvHeads, timeK,
 * dim) → (batch, heads, time, dim). Each head of keys serves heads / kvHeads of queries.
 */
final class Attention {
  private Attention() {}

  /**
   * Where it is causal the last query sees all keys, and each one before it one less. A query that
   * sees no key gets zeros.
   *
   * @param mask (batch, timeK), true where a key may be seen
   */
  static Tensor of(
      Tensor q,
      Tensor k,
      Tensor v,
      boolean causal,
      Optional<Tensor> mask,
      double dropout,
      Mode mode) {
    var options = AttentionOptions.DEFAULT.causal(causal);
    if (mask.isPresent()) {
      options = options.mask(mask.get());
    }
    if (dropout > 0 && mode instanceof Mode.Training pass) {
      options = options.dropout(dropout, pass.nextKey());
    }
    return Fused.attention(q, k, v, options);
  }

  /** In plain ops, over the keys that are seen: (time, timeK), true where a query sees a key. */
  static Tensor over(Tensor q, Tensor k, Tensor v, Tensor seen) {
    int heads = q.shape().size(1);
    Tensor scores = q.matmul(shared(k, heads).mT()).mul(1 / Math.sqrt(q.shape().size(-1)));
    Tensor left = seen.where(scores, Double.NEGATIVE_INFINITY);
    return left.softmax(-1).matmul(shared(v, heads));
  }

  /** Each head of keys repeated for the heads of queries that it serves. */
  private static Tensor shared(Tensor x, int heads) {
    int own = x.shape().size(1);
    if (own == heads) {
      return x;
    }
    var s = x.shape();
    return x.unsqueeze(2)
        .broadcastTo(s.size(0), own, heads / own, s.size(2), s.size(3))
        .flatten(1, 2);
  }
}
