package dev.merapi.recipe;

import dev.merapi.nn.Loss;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Precision;
import dev.merapi.train.EarlyStopping;
import dev.merapi.train.Metric;
import dev.merapi.train.OnNan;
import java.util.Optional;

/**
 * How a recipe trains.
 *
 * @param epochs passes over the training data
 * @param batch samples in a batch
 * @param accumulate batches in a step
 * @param labelSmoothing of cross-entropy: how much of a target's probability is shared out among
 *     all classes
 * @param target what the network is to give: what the data say, or its own input
 * @param clipValue the greatest size of an element of a gradient; null for any
 * @param clipNorm the greatest norm of all gradients together; null for any
 * @param report show and save after every so many epochs
 * @param checkpointSeconds save at least so often, too
 * @param precision of matrix products and convolutions
 * @param onNan what to do where the loss or a gradient is infinite or NaN
 */
public record TrainingSettings(
    @Default("10") @Range(from = 1) int epochs,
    @Default("64") @Range(from = 1) int batch,
    @Default("1") @Range(from = 1) int accumulate,
    @Default("cross-entropy") LossName loss,
    @Default("0") @Range(from = 0, to = 0.99) double labelSmoothing,
    @Default("labels") Target target,
    @Default("{kind: adam}") OptimizerSettings optimizer,
    @Default("{kind: constant}") ScheduleSettings schedule,
    @Default("null") @Range(from = 1e-9) Optional<Double> clipValue,
    @Default("null") @Range(from = 1e-9) Optional<Double> clipNorm,
    @Default("null") Optional<Patience> earlyStopping,
    @Default("1") @Range(from = 1) int report,
    @Default("300") @Range(from = 1) int checkpointSeconds,
    @Default("fp32") PrecisionName precision,
    @Default("stop") OnNan onNan) {
  public TrainingSettings {
    if (labelSmoothing > 0 && loss != LossName.CROSS_ENTROPY) {
      throw new MerapiException(
          "`label_smoothing` is for the loss cross-entropy, whose targets are classes; leave it"
              + " out");
    }
  }

  /** What is made small. */
  Loss buildLoss() {
    return loss == LossName.CROSS_ENTROPY
        ? Loss.crossEntropy().labelSmoothing(labelSmoothing)
        : loss.build();
  }

  /** See {@link Loss}. */
  public enum LossName {
    CROSS_ENTROPY,
    BINARY_CROSS_ENTROPY,
    MSE,
    MAE,
    HUBER;

    Loss build() {
      return switch (this) {
        case CROSS_ENTROPY -> Loss.crossEntropy();
        case BINARY_CROSS_ENTROPY -> Loss.binaryCrossEntropy();
        case MSE -> Loss.mse();
        case MAE -> Loss.mae();
        case HUBER -> Loss.huber(1);
      };
    }
  }

  /** See {@link Precision}. */
  public enum PrecisionName {
    FP32,
    BF16;

    Precision precision() {
      return this == BF16 ? Precision.BF16 : Precision.F32;
    }
  }

  /** What the network is to give. */
  public enum Target {
    /** The class or the number that the data have for a sample. */
    LABELS,
    /** The sample itself. */
    INPUT
  }

  /**
   * See {@link EarlyStopping}; what is to get better is said by the evaluation's {@code best_by}.
   *
   * @param patience for so many epochs it need not
   * @param minDelta by how much, at least
   */
  public record Patience(
      @Default("5") @Range(from = 1) int patience,
      @Default("0") @Range(from = 0) double minDelta) {}

  /** What can be measured. */
  public enum MetricName {
    LOSS,
    ACCURACY,
    BINARY_ACCURACY,
    MSE,
    MAE;

    /** The metric; the loss is none. */
    Optional<Metric> build() {
      return switch (this) {
        case LOSS -> Optional.empty();
        case ACCURACY -> Optional.of(Metric.accuracy());
        case BINARY_ACCURACY -> Optional.of(Metric.binaryAccuracy());
        case MSE -> Optional.of(Metric.meanSquaredError());
        case MAE -> Optional.of(Metric.meanAbsoluteError());
      };
    }
  }

  /** The same for another number of epochs. */
  TrainingSettings with(int count) {
    return new TrainingSettings(
        count,
        batch,
        accumulate,
        loss,
        labelSmoothing,
        target,
        optimizer,
        schedule,
        clipValue,
        clipNorm,
        earlyStopping,
        report,
        checkpointSeconds,
        precision,
        onNan);
  }

  /** Which epoch is the best by a metric, and when to stop for want of a better one. */
  EarlyStopping stopping(MetricName bestBy) {
    int patience = earlyStopping.map(Patience::patience).orElse(EarlyStopping.FOREVER);
    return bestBy
        .build()
        .map(metric -> EarlyStopping.on(metric, patience))
        .orElse(EarlyStopping.onLoss(patience))
        .minDelta(earlyStopping.map(Patience::minDelta).orElse(0.0));
  }

  StepOptions options(long stepsPerEpoch) {
    var options =
        StepOptions.DEFAULT
            .schedule(schedule.build(stepsPerEpoch, epochs))
            .precision(precision.precision());
    options = clipValue.isPresent() ? options.clipValue(clipValue.get()) : options;
    return clipNorm.isPresent() ? options.clipNorm(clipNorm.get()) : options;
  }
}
