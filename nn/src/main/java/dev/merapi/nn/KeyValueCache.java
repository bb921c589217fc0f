package dev.merapi.nn;

import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Causal attention of a {@link Continuation}: keys and values go to the memory, as (batch,
 * capacity, kvHeads, dim), and queries look at those of all times up to their own.
 */
final class KeyValueCache {
  private KeyValueCache() {}

  /** q (batch, heads, times, dim), k and v (batch, kvHeads, times, dim) → q's shape. */
  static Tensor attend(Attention attention, Tensor q, Tensor k, Tensor v, Continuation pass) {
    Tensor keys = kept(k, pass);
    Tensor values = kept(v, pass);
    if (pass.first()) {
      return attention.of(q, k, v, Optional.empty(), pass);
    }
    var places = new Attention.Places(pass.places(), Tensor.arange(pass.capacity()));
    if (pass.times() == 1 && attention.alibi().isEmpty()) {
      Tensor seen = attention.seen(places).broadcastTo(q.shape().size(0), pass.capacity());
      return Attention.toAll(0).of(q, keys, values, Optional.of(seen), pass);
    }
    return attention.placed(q, keys, values, places, Optional.empty(), pass);
  }

  /** Puts x behind what was kept: (batch, heads, times, dim) → (batch, heads, capacity, dim). */
  private static Tensor kept(Tensor x, Continuation pass) {
    Tensor rows = x.permute(0, 2, 1, 3); // (batch, times, heads, dim)
    int capacity = pass.capacity();
    Shape s = rows.shape();
    Parameter cell = pass.cell(Shape.of(s.size(0), capacity, s.size(2), s.size(3)));
    Tensor next =
        pass.first()
            ? rows.pad(1, 0, capacity - pass.times(), 0)
            : Fused.write(cell, rows, pass.start());
    pass.keep(cell, next);
    return next.permute(0, 2, 1, 3);
  }
}
