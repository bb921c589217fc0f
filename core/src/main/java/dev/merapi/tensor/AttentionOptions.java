package dev.merapi.tensor;

import java.util.Optional;

/**
 * How attention looks around. Defaults: every query sees every key, the scale is 1 / √dim, nothing
 * is dropped.
 *
 * @param scale what scores are multiplied by, above 0
 * @param causal a query sees the keys up to its own time only; the last query sees all, so that a
 *     few queries may follow the keys of a cache
 * @param mask (batch, timeK), true where a key may be seen
 * @param dropout the rate at which probabilities are dropped, in [0, 1)
 * @param key of the random numbers; needed where something is dropped
 */
public record AttentionOptions(
    Optional<Double> scale,
    boolean causal,
    Optional<Tensor> mask,
    double dropout,
    Optional<Key> key) {

  public static final AttentionOptions DEFAULT =
      new AttentionOptions(Optional.empty(), false, Optional.empty(), 0, Optional.empty());

  public AttentionOptions {
    if (scale.isPresent() && !(scale.get() > 0)) {
      throw new MerapiException("attention: the scale must be above 0, not " + scale.get());
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new MerapiException("attention: dropout must be in [0, 1), not " + dropout);
    }
  }

  public AttentionOptions scale(double scale) {
    return new AttentionOptions(Optional.of(scale), causal, mask, dropout, key);
  }

  public AttentionOptions causal(boolean causal) {
    return new AttentionOptions(scale, causal, mask, dropout, key);
  }

  /** (batch, timeK), true where a key may be seen. */
  public AttentionOptions mask(Tensor mask) {
    return new AttentionOptions(scale, causal, Optional.of(mask), dropout, key);
  }

  public AttentionOptions dropout(double rate, Key key) {
    return new AttentionOptions(scale, causal, mask, rate, Optional.of(key));
  }
}
