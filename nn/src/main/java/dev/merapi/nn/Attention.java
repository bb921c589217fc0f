package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** {@code softmax(q kᵀ / √dim) v}. */
final class Attention {
  private Attention() {}

  /**
   * q (batch, heads, time, dim), k and v (batch, kvHeads, timeK, dim) → (batch, heads, time, dim).
   * Where it is causal the last query sees all keys, and each one before it one less.
   */
  static Tensor of(Tensor q, Tensor k, Tensor v, boolean causal, double dropout, Mode mode) {
    int heads = q.shape().size(1);
    Tensor scores = q.matmul(shared(k, heads).mT()).mul(1 / Math.sqrt(q.shape().size(-1)));
    if (causal) {
      int time = q.shape().size(2);
      int timeK = k.shape().size(2);
      Tensor seen = Tensor.arange(timeK).le(Tensor.arange(time).unsqueeze(-1).add(timeK - time));
      scores = seen.where(scores, Double.NEGATIVE_INFINITY);
    }
    return Dropout.of(dropout).apply(scores.softmax(-1), mode).matmul(shared(v, heads));
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
