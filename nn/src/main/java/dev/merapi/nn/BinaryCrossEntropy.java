package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * Binary cross-entropy from logits: {@code -w (p y log σ(x) + (1 - y) log(1 - σ(x)))}, without
 * overflow; targets 0 … 1 of the logits' shape.
 *
 * <p>By default no weights, the mean (over all elements, whatever their weights).
 *
 * @param weight w, broadcast to the logits
 * @param positiveWeight p, broadcast to the logits: above 1 it raises recall, below precision
 */
public record BinaryCrossEntropy(
    Optional<Tensor> weight, Optional<Tensor> positiveWeight, Reduction reduction) implements Loss {

  public static BinaryCrossEntropy of() {
    return new BinaryCrossEntropy(Optional.empty(), Optional.empty(), Reduction.MEAN);
  }

  public BinaryCrossEntropy weight(Tensor weight) {
    return new BinaryCrossEntropy(Optional.of(weight), positiveWeight, reduction);
  }

  public BinaryCrossEntropy positiveWeight(Tensor positiveWeight) {
    return new BinaryCrossEntropy(weight, Optional.of(positiveWeight), reduction);
  }

  public BinaryCrossEntropy reduction(Reduction reduction) {
    return new BinaryCrossEntropy(weight, positiveWeight, reduction);
  }

  @Override
  public Tensor apply(Tensor logits, Tensor target) {
    Advice.onLogits("binaryCrossEntropy", logits).ifPresent(Advice::once);
    PairLoss.requireOneShape("binaryCrossEntropy", logits, target);
    Tensor y = target.cast(DType.F32);
    Tensor negative = y.neg().add(1);
    // -log σ(x) = softplus(-x), and -log(1 - σ(x)) = x + softplus(-x)
    Tensor softplus = Activations.softplus(logits.neg());
    Tensor losses =
        positiveWeight.isPresent()
            ? negative.mul(logits).add(positiveWeight.get().mul(y).add(negative).mul(softplus))
            : negative.mul(logits).add(softplus);
    return reduction.of(weight.isPresent() ? losses.mul(weight.get()) : losses);
  }
}
