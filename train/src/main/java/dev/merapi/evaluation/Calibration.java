package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether confidence can be believed: of the samples with a confidence of 80 %, 80 % should be
 * right (Guo et al., 2017). The bins are of equal width from 0 to 1; bins without samples are left
 * out.
 */
public record Calibration(List<Bin> bins) {

  /**
   * The samples whose confidence is in one interval.
   *
   * @param samples how many
   * @param confidence their mean confidence
   * @param accuracy the share of them that is right
   */
  public record Bin(long samples, double confidence, double accuracy) {}

  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * Sorts samples into bins; a confidence on a border belongs to the bin above it.
   *
   * @throws MerapiException if lengths differ, there is no bin, or a confidence is not from 0 to 1
   */
  public static Calibration of(double[] confidences, boolean[] right, int bins) {
    if (bins < 1 || confidences.length != right.length) {
      throw new MerapiException(
          "calibration: %d confidences, %d samples and %d bins; give one confidence a sample, and a bin or more"
              .formatted(confidences.length, right.length, bins));
    }
    long[] samples = new long[bins];
    double[] sums = new double[bins];
    long[] hits = new long[bins];
    for (int i = 0; i < right.length; i++) {
      if (!(confidences[i] >= 0 && confidences[i] <= 1 + 1e-5)) {
        throw new MerapiException(
            "calibration: the confidence of sample %d is %s; give one from 0 to 1"
                .formatted(i, confidences[i]));
      }
      int bin = Math.min((int) (confidences[i] * bins), bins - 1);
      samples[bin]++;
      sums[bin] += confidences[i];
      hits[bin] += right[i] ? 1 : 0;
    }
    var filled = new ArrayList<Bin>();
    for (int b = 0; b < bins; b++) {
      if (samples[b] > 0) {
        filled.add(new Bin(samples[b], sums[b] / samples[b], (double) hits[b] / samples[b]));
      }
    }
    return new Calibration(filled);
  }

  /** Expected calibration error: {@code Σ n_b / n |accuracy_b - confidence_b|}. */
  public double expectedError() {
    long all = bins.stream().mapToLong(Bin::samples).sum();
    return bins.stream()
            .mapToDouble(bin -> bin.samples() * Math.abs(bin.accuracy() - bin.confidence()))
            .sum()
        / Math.max(1, all);
  }

  /** The greatest {@code |accuracy_b - confidence_b|}. */
  public double greatestError() {
    return bins.stream()
        .mapToDouble(bin -> Math.abs(bin.accuracy() - bin.confidence()))
        .max()
        .orElse(0);
  }
}
