package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Cross-entropy from logits: {@code -Σ_c w_c q_c log softmax(x)_c}.
 *
 * <p>Logits are (N, C) or (N, C, d…), with the classes along axis 1; or (C) for one sample. Targets
 * are class numbers, integers (N) or (N, d…), and then {@code q} is 1 at the class and 0 elsewhere;
 * or floats of the logits' shape, the probabilities {@code q} themselves. Label smoothing ε mixes
 * them with the uniform distribution: {@code q ← (1 - ε) q + ε / C} (Szegedy et al., 2016).
 *
 * <p>The mean over class numbers is weighted by their {@code w}, and leaves out ignored ones; over
 * probabilities it divides by the number of samples. A class number outside 0 … C-1 that is not the
 * ignored one makes the loss NaN. By default ε = 0, no weights, -100 is ignored, the mean.
 *
 * @param weight w, (C)
 * @param ignored the class number that does not count
 */
public record CrossEntropy(
    double labelSmoothing, Optional<Tensor> weight, OptionalLong ignored, Reduction reduction)
    implements Loss {
  /** From so many classes on their probabilities are not kept. */
  private static final int MANY_CLASSES = 1024;

  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new MerapiException("label smoothing must be in [0, 1], not " + labelSmoothing);
    }
  }

  public static CrossEntropy of() {
    return new CrossEntropy(0, Optional.empty(), OptionalLong.of(-100), Reduction.MEAN);
  }

  public CrossEntropy labelSmoothing(double smoothing) {
    return new CrossEntropy(smoothing, weight, ignored, reduction);
  }

  /** A weight for each class, (C). */
  public CrossEntropy weight(Tensor weight) {
    return new CrossEntropy(labelSmoothing, Optional.of(weight), ignored, reduction);
  }

  public CrossEntropy ignored(long classNumber) {
    return new CrossEntropy(labelSmoothing, weight, OptionalLong.of(classNumber), reduction);
  }

  public CrossEntropy reduction(Reduction reduction) {
    return new CrossEntropy(labelSmoothing, weight, ignored, reduction);
  }

  @Override
  public Tensor apply(Tensor logits, Tensor target) {
    Advice.onLogits("crossEntropy", logits).ifPresent(Advice::once);
    Advice.onOneClass("crossEntropy", logits.shape(), Classes.axis(logits)).ifPresent(Advice::once);
    if (isPlain(logits, target)) {
      Tensor losses = Fused.crossEntropy(logits, target, ignored);
      Tensor counted =
          ignored.isPresent()
              ? target.ne((double) ignored.getAsLong()).cast(DType.F32)
              : Tensor.ones(target.shape().toArray());
      return reduction.of(losses, counted);
    }
    Tensor logProbabilities = logits.logSoftmax(Classes.axis(logits));
    return target.dtype().isFloat()
        ? ofProbabilities(logProbabilities, target)
        : ofClasses(logProbabilities, target);
  }

  /**
   * For class numbers the sum of what its mean divides by: those that count, each by its weight.
   */
  @Override
  public double counted(Tensor target) {
    if (target.dtype().isFloat()) {
      return Loss.super.counted(target);
    }
    float[] weights = weight.map(Tensor::toArray).orElseGet(() -> new float[0]);
    return LongStream.of(target.cast(DType.I64).toLongArray())
        .filter(number -> ignored.isEmpty() || number != ignored.getAsLong())
        .mapToDouble(number -> weight.isEmpty() ? 1 : weights[(int) number])
        .sum();
  }

  /** Class numbers of many classes, and nothing that the kernel does not know. */
  private boolean isPlain(Tensor logits, Tensor target) {
    return !target.dtype().isFloat()
        && labelSmoothing == 0
        && weight.isEmpty()
        && logits.shape().rank() == 2
        && logits.shape().size(1) >= MANY_CLASSES
        && target.shape().equals(logits.shape().slice(0, 1));
  }

  private Tensor ofProbabilities(Tensor logProbabilities, Tensor target) {
    if (!target.shape().equals(logProbabilities.shape())) {
      throw new ShapeException(
          "crossEntropy: targets that are floats are probabilities of the logits' shape %s, but they are %s; for class numbers write target.cast(DType.I32)"
              .formatted(logProbabilities.shape(), target.shape()));
    }
    int axis = Classes.axis(logProbabilities);
    int classes = logProbabilities.shape().size(axis);
    Tensor q = target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
    Tensor weighted = weight.isPresent() ? q.mul(Axes.along(axis, weight.get(), q)) : q;
    return reduction.of(weighted.mul(logProbabilities).sum(axis).neg());
  }

  private Tensor ofClasses(Tensor logProbabilities, Tensor target) {
    var classes = new Classes("crossEntropy", logProbabilities, target, weight, ignored);
    Tensor losses = classes.select(logProbabilities).neg();
    if (labelSmoothing > 0) {
      int axis = Classes.axis(logProbabilities);
      int count = logProbabilities.shape().size(axis);
      Tensor all =
          weight.isPresent()
              ? logProbabilities.mul(Axes.along(axis, weight.get(), logProbabilities))
              : logProbabilities;
      Tensor smooth = classes.counted().where(all.sum(axis).neg(), 0);
      losses = losses.mul(1 - labelSmoothing).add(smooth.mul(labelSmoothing / count));
    }
    return reduction.of(losses.cast(DType.F32), classes.weights());
  }
}
