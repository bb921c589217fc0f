package dev.merapi.tensor;

import dev.merapi.graph.FusedAttention;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces of networks that have kernels of their own, faster and in less memory than the plain ops
 * that they stand for. Where a backend has no such kernel, and with {@code -Dmerapi.fused=false},
 * those ops run.
 */
public final class Fused {
  private Fused() {}

  /**
   * Attention {@code softmax(scale · q kᵀ) v} (Vaswani et al., 2017), whose matrix of scores is
   * never whole in memory: q (batch, heads, time, dim), k and v (batch, kvHeads, timeK, dim) →
   * (batch, heads, time, dim). Each head of k and v serves heads / kvHeads of q. A query that sees
   * no key gets zeros.
   *
   * <p>The three may be slices and permutations of one projection (batch, time, 3 · heads · dim);
   * nothing is copied then, and their gradients come back as one tensor. The result lies in memory
   * as (batch, time, heads, dim), so that {@code permute(0, 2, 1, 3).flatten(2, 3)} costs nothing.
   */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, AttentionOptions options) {
    int dim = q.shape().rank() == 4 ? q.shape().size(3) : 1;
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(q.cast(DType.F32));
    inputs.add(k.cast(DType.F32));
    inputs.add(v.cast(DType.F32));
    options
        .mask()
        .ifPresent(
            mask ->
                inputs.add(mask.cast(DType.BOOL).where(Tensor.zeros(), Double.NEGATIVE_INFINITY)));
    if (options.dropout() > 0) {
      Key key =
          options
              .key()
              .orElseThrow(
                  () -> new MerapiException("attention: dropout needs a key: .dropout(rate, key)"));
      inputs.add(Tensor.of(new long[] {key.value()}));
    }
    var op =
        new FusedAttention(
            options.scale().orElse(1 / Math.sqrt(Math.max(1, dim))),
            options.causal(),
            options.mask().isPresent(),
            options.dropout());
    return op.output(op.of(inputs), q.shape());
  }
}
