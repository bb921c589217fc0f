package dev.merapi.nn;

import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code softmax(q kᵀ / √dim) v}, for q (batch, heads, time, dim), k and v (batch, kvHeads, timeK,
 * dim) → (batch, heads, time, dim). Each head of keys serves heads / kvHeads of queries. A query
 * that sees no key gets zeros.
 *
 * @param causal the last query sees all keys, and each one before it one less
 * @param window how many keys around its own place a query sees: those less than so many away
 * @param alibi what is taken from scores for their distance
 * @param dropout of the probabilities, in training
 */
record Attention(boolean causal, OptionalInt window, Optional<Alibi> alibi, double dropout) {

  /** Of all keys. */
  static Attention toAll(double dropout) {
    return new Attention(false, OptionalInt.empty(), Optional.empty(), dropout);
  }

  /**
   * Over all keys, or those of a mask.
   *
   * @param mask (batch, timeK), true where a key may be seen
   */
  Tensor of(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask, Mode mode) {
    int time = q.shape().size(2);
    int timeK = k.shape().size(2);
    if (mode instanceof Observation pass) {
      Tensor last = pass.last(q);
      pass.note(probabilities(last, k, Places.ofLast(last.shape().size(2), timeK), mask, mode));
    }
    boolean isPlain = alibi.isEmpty() && window.orElse(Integer.MAX_VALUE) >= timeK;
    if (!isPlain || mode.packing().isPresent()) {
      return placed(q, k, v, Places.ofLast(time, timeK), mask, mode);
    }
    var options = AttentionOptions.DEFAULT.causal(causal);
    if (mask.isPresent()) {
      options = options.mask(mask.get());
    }
    if (dropout > 0 && mode instanceof Mode.Training pass) {
      options = options.dropout(dropout, pass.nextKey());
    }
    return Fused.attention(q, k, v, options);
  }

  /** The places of queries (time) and of keys (timeK). */
  record Places(Tensor queries, Tensor keys) {
    /** The last queries of as many times as there are keys. */
    static Places ofLast(int time, int timeK) {
      return new Places(Tensor.arange(time).add(timeK - time), Tensor.arange(timeK));
    }
  }

  /** In plain ops, between queries and keys at these places. */
  Tensor placed(Tensor q, Tensor k, Tensor v, Places places, Optional<Tensor> mask, Mode mode) {
    Tensor kept = Dropout.of(dropout).apply(probabilities(q, k, places, mask, mode), mode);
    return kept.matmul(shared(v, q.shape().size(1)));
  }

  /** How much each query looks at each key: (batch, heads, time, timeK). */
  private Tensor probabilities(
      Tensor q, Tensor k, Places places, Optional<Tensor> mask, Mode mode) {
    int heads = q.shape().size(1);
    Tensor scores = q.matmul(shared(k, heads).mT()).mul(1 / Math.sqrt(q.shape().size(-1)));
    if (alibi.isPresent()) {
      scores = scores.add(alibi.get().bias(places.queries, places.keys, heads));
    }
    Tensor seen = seen(places);
    if (mask.isPresent()) {
      seen = seen.and(mask.get().unsqueeze(1).unsqueeze(1)); // (batch, 1, time, timeK)
    }
    if (mode.packing().isPresent()) {
      int timeK = k.shape().size(2);
      Tensor together = mode.packing().get().together().slice(1, timeK - q.shape().size(2), timeK);
      seen = seen.and(together.unsqueeze(1)); // (batch, 1, time, timeK)
    }
    // Not -∞, whose softmax is NaN where a query sees nothing.
    return seen.where(seen.where(scores, -1e30).softmax(-1), 0);
  }

  /** (time, timeK), true where a query may see a key. */
  Tensor seen(Places places) {
    Tensor behind = places.queries.unsqueeze(-1).sub(places.keys); // how far a key lies behind
    Tensor seen = causal ? behind.ge(0) : behind.eq(behind);
    return window.isPresent() ? seen.and(behind.abs().lt(window.getAsInt())) : seen;
  }

  /** Each head of keys repeated for the heads of queries that it serves. */
  private static Tensor shared(Tensor x, int heads) {
    int own = x.shape().size(1);
    if (own == heads) {
      return x;
    }
    Shape s = x.shape();
    return x.unsqueeze(2)
        .broadcastTo(s.size(0), own, heads / own, s.size(2), s.size(3))
        .flatten(1, 2);
  }
}
