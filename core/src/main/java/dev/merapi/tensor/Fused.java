package dev.merapi.tensor;

import dev.merapi.graph.FusedAttention;
import dev.merapi.graph.FusedCrossEntropy;
import dev.merapi.graph.FusedGru;
import dev.merapi.graph.FusedLstm;
import dev.merapi.graph.FusedWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

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
   * <p>Nothing is copied where the three are slices of the heads of one projection (batch, time,
   * heads + 2 · kvHeads, dim) after {@code permute(0, 2, 1, 3)}, and their gradients come back as
   * one tensor. The result lies in memory as (batch, time, heads, dim), so that {@code permute(0,
   * 2, 1, 3).flatten(2, 3)} costs nothing.
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

  /**
   * Cross-entropy {@code log Σ exp(x) - x[class]} of each row, whose probabilities are never in
   * memory; the gradient is written over the logits where nobody else reads them: logits (rows,
   * classes), class numbers (rows) → (rows). The loss of the ignored class number is 0, that of one
   * outside 0 … classes - 1 NaN.
   */
  public static Tensor crossEntropy(Tensor logits, Tensor classes, OptionalLong ignored) {
    var op = new FusedCrossEntropy(ignored);
    Tensor number = classes; // what an i32 cannot hold is no class, and stays none
    if (classes.dtype() == DType.I64) {
      number = classes.max(Tensor.constant(DType.I64, Integer.MIN_VALUE));
      number = number.min(Tensor.constant(DType.I64, Integer.MAX_VALUE));
    }
    Tensor result = op.of(List.of(logits.cast(DType.F32), number.cast(DType.I32)));
    return result.slice(0, 0, classes.shape().size(0));
  }

  /**
   * A long short-term memory over a whole sequence. With (i, f, g, o) the parts of {@code x[t] +
   * h[t-1] weightᵀ}: {@code c[t] = σ(f) c[t-1] + σ(i) tanh(g)}, {@code h[t] = σ(o) tanh(c[t])}.
   *
   * @param x the inputs' projections with all biases, (batch, time, 4 · hidden)
   * @param weight (4 · hidden, hidden)
   * @param h the first output, (batch, hidden)
   * @param c the first cell, (batch, hidden)
   */
  public static States lstm(Tensor x, Tensor weight, Tensor h, Tensor c) {
    var op = new FusedLstm();
    Tensor w = weight.cast(DType.F32);
    Tensor result = op.of(List.of(x.cast(DType.F32), w, h.cast(DType.F32), c.cast(DType.F32)));
    return new States(
        op.output(result, 0, x.shape(), w.shape()), op.output(result, 1, x.shape(), w.shape()));
  }

  /**
   * Gated recurrent units over a whole sequence (Cho et al., 2014, as PyTorch has them). With (r,
   * z, n) the parts of x[t] and (p, q, m) those of {@code h[t-1] weightᵀ}: {@code r ← σ(r + p)},
   * {@code z ← σ(z + q)}, {@code n ← tanh(n + r (m + bias))}, {@code h[t] = (1 - z) n + z h[t-1]}.
   *
   * @param x the inputs' projections with all biases but m's, (batch, time, 3 · hidden)
   * @param weight (3 · hidden, hidden)
   * @param bias of m, (hidden)
   * @param h the first output, (batch, hidden)
   * @return the outputs of all steps, (batch, time, hidden)
   */
  public static Tensor gru(Tensor x, Tensor weight, Tensor bias, Tensor h) {
    var op = new FusedGru();
    Tensor w = weight.cast(DType.F32);
    Tensor result = op.of(List.of(x.cast(DType.F32), w, bias.cast(DType.F32), h.cast(DType.F32)));
    return op.output(result, x.shape(), w.shape());
  }

  /**
   * The outputs and the cells of all steps, each (batch, time, hidden); the last ones are {@code
   * h.slice(1, time - 1, time)} and the same of c.
   */
  public record States(Tensor h, Tensor c) {}

  /**
   * A cache with some times of it replaced, from a place on: the cache (batch, capacity, heads,
   * dim), what comes into it (batch, times, heads, dim), the place i32 (1). Where a step assigns
   * the result to the cache, it writes only what comes.
   */
  public static Tensor write(Tensor cache, Tensor rows, Tensor place) {
    return new FusedWrite()
        .of(List.of(cache.cast(DType.F32), rows.cast(DType.F32), place.cast(DType.I32)));
  }
}
