package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * Direct preference optimisation (DPO; Rafailov et al., 2023): {@code -(1 - ε) ln σ(m) - ε ln
 * σ(-m)} with the margin {@code m = β ((ln π(c) - ln ρ(c)) - (ln π(r) - ln ρ(r)))} of a chosen
 * answer c over a rejected one r. π is the model, ρ what it was at first. ε is how often labels are
 * thought to be the wrong way about (Mitchell, 2023).
 *
 * <p>The prediction is (batch, 2), ln π of the chosen and the rejected answers; the target the same
 * of ρ. The mean over the batch.
 *
 * @param beta β, how dear it is to leave ρ; 0.1 is usual
 * @param labelSmoothing ε, below 0.5
 */
public record DirectPreference(double beta, double labelSmoothing) implements Loss {
  public DirectPreference {
    if (!(beta > 0 && Double.isFinite(beta)) || !(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
      throw new MerapiException(
          "DirectPreference: beta %s and label smoothing %s; give a beta above 0, and a smoothing from 0 to below 0.5"
              .formatted(beta, labelSmoothing));
    }
  }

  /** Without label smoothing. */
  public static DirectPreference of(double beta) {
    return new DirectPreference(beta, 0);
  }

  /** β (ln π - ln ρ) of each answer, (batch, 2): what it is worth. */
  public Tensor rewards(Tensor prediction, Tensor target) {
    if (prediction.shape().rank() != 2
        || prediction.shape().size(1) != 2
        || !prediction.shape().equals(target.shape())) {
      throw new ShapeException(
          "DirectPreference: prediction %s and target %s must both be (batch, 2), of the chosen and the rejected answers"
              .formatted(prediction.shape(), target.shape()));
    }
    return prediction.sub(target).mul(beta);
  }

  /** m of each pair, (batch). */
  public Tensor margins(Tensor prediction, Tensor target) {
    Tensor rewards = rewards(prediction, target);
    return rewards.select(1, 0).sub(rewards.select(1, 1));
  }

  @Override
  public Tensor apply(Tensor prediction, Tensor target) {
    Tensor margins = margins(prediction, target);
    Tensor losses = Activations.softplus(margins.neg()); // -ln σ(m)
    if (labelSmoothing > 0) {
      losses =
          losses.mul(1 - labelSmoothing).add(Activations.softplus(margins).mul(labelSmoothing));
    }
    return losses.mean();
  }
}
