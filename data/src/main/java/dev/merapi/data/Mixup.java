package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/**
 * Mixes each sample of a batch with another one, and their classes with them: {@code λ x_i + (1 -
 * λ) x_j}, {@code λ ~ Beta(α, α)}, one λ a batch. Source: Zhang et al., "mixup" (2018).
 *
 * @param alpha up to 1; with 0 nothing is mixed
 */
public record Mixup(double alpha) implements Augmentation {
  public Mixup {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new DataException("mixup: alpha is " + alpha + "; give 0 for none, or up to 1");
    }
  }

  /** Targets become probabilities, (batch, classes). */
  @Override
  public Batch apply(Batch batch, Normalisation normalisation, int classes, Key key) {
    if (alpha == 0) {
      return batch;
    }
    if (classes == 0 || batch.y().dtype().isFloat()) {
      throw new DataException("mixup: the targets are no classes; set augment.mixup to 0");
    }
    int size = batch.size();
    float lambda = beta(new Draws(key.fold(0)));
    int[] others = key.fold(1).permutation(size);
    float[] x = batch.x().toArray();
    float[] y = batch.y().cast(DType.F32).toArray();
    int width = x.length / size;
    float[] mixed = new float[x.length];
    float[] probabilities = new float[size * classes];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < width; j++) {
        mixed[i * width + j] = lambda * x[i * width + j] + (1 - lambda) * x[others[i] * width + j];
      }
      probabilities[i * classes + (int) y[i]] += lambda;
      probabilities[i * classes + (int) y[others[i]]] += 1 - lambda;
    }
    return new Batch(
        Tensor.of(mixed, batch.x().shape().toArray()), Tensor.of(probabilities, size, classes));
  }

  /** Jöhnk's method (1964), for α up to 1. */
  private float beta(Draws draws) {
    while (true) {
      double u = Math.pow(draws.uniform(0, 1), 1 / alpha);
      double v = Math.pow(draws.uniform(0, 1), 1 / alpha);
      if (u + v <= 1 && u + v > 0) {
        return (float) (u / (u + v));
      }
    }
  }
}
