package dev.merapi.bench.work;

import java.util.OptionalDouble;

/**
 * What a measured process tells at its end.
 *
 * @param version of the engine
 * @param steps that the clock counted
 * @param medianMs milliseconds a step, the median
 * @param fastestMs of the fastest step
 * @param firstLoss of the first step; NaN where nothing is trained
 * @param lastLoss of the last step
 * @param agreement of decoding, see {@link Trainee#agreement}
 * @param peakKib greatest resident memory of the process, as Linux counts it (VmHWM)
 */
public record Measurement(
    String version,
    int steps,
    double medianMs,
    double fastestMs,
    double firstLoss,
    double lastLoss,
    OptionalDouble agreement,
    long peakKib) {
  /**
   * Decoding with a cache may round otherwise, and two words may be level: not each is the same.
   */
  private static final double LEAST_AGREEMENT = 0.9;

  /** Whether the loss fell, or the tokens are those of the model: else the time means nothing. */
  public boolean isSound() {
    return agreement.isPresent()
        ? agreement.getAsDouble() >= LEAST_AGREEMENT
        : Double.isFinite(lastLoss) && lastLoss < firstLoss;
  }

  /** What {@link #isSound} looked at, in a few words. */
  public String evidence() {
    return agreement.isPresent()
        ? "%.0f %% of the tokens as without a cache".formatted(100 * agreement.getAsDouble())
        : "loss %.4g to %.4g".formatted(firstLoss, lastLoss);
  }
}
