package dev.merapi.data;

/**
 * {@code (x - mean) / deviation}, with one mean and one deviation for each channel, which is the
 * first axis of an example, or one for all. Measure it on the examples that train, and use the same
 * numbers for validation, test and prediction.
 */
public final class Normalisation {
  /** Leaves values as they are. */
  public static final Normalisation NONE = of(0, 1);

  private final float[] mean;
  private final float[] deviation;

  private Normalisation(float[] mean, float[] deviation) {
    this.mean = mean;
    this.deviation = deviation;
  }

  /** The same for all channels. */
  public static Normalisation of(float mean, float deviation) {
    return of(new float[] {mean}, new float[] {deviation});
  }

  /**
   * One mean and one deviation for each channel.
   *
   * @throws DataException if there are not as many of one as of the other, or a deviation is not
   *     positive
   */
  public static Normalisation of(float[] mean, float[] deviation) {
    if (mean.length != deviation.length || mean.length == 0) {
      throw new DataException(
          "normalisation: "
              + mean.length
              + " means and "
              + deviation.length
              + " deviations; give one of each for every channel, or one for all");
    }
    for (float d : deviation) {
      if (!(d > 0 && d < Float.POSITIVE_INFINITY)) {
        throw new DataException(
            "normalisation: a deviation is "
                + d
                + "; it must be positive (leave a constant channel at 1)");
      }
    }
    return new Normalisation(mean.clone(), deviation.clone());
  }

  /**
   * Measures the mean and the deviation of each channel of the features; a channel that never
   * changes gets the deviation 1.
   */
  public static Normalisation measure(Dataset data) {
    int channels = data.features().rank() == 0 ? 1 : data.features().size(0);
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    for (var batch : data.batches(256).epoch(0)) {
      float[] values = batch.x().toArray();
      int plane = values.length / batch.size() / channels;
      for (int i = 0; i < values.length; i++) {
        int channel = i / plane % channels;
        sum[channel] += values[i];
        squares[channel] += (double) values[i] * values[i];
      }
    }
    double count = (double) data.size() * data.features().elements() / channels;
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    for (int c = 0; c < channels; c++) {
      double middle = sum[c] / count;
      double variance = squares[c] / count - middle * middle;
      mean[c] = (float) middle;
      deviation[c] = variance > 1e-12 ? (float) Math.sqrt(variance) : 1;
    }
    return of(mean, deviation);
  }

  /** The mean of each channel; one number if it is the same for all. */
  public float[] mean() {
    return mean.clone();
  }

  /** The standard deviation of each channel; one number if it is the same for all. */
  public float[] deviation() {
    return deviation.clone();
  }

  int channels() {
    return mean.length;
  }

  float scale(int channel) {
    return 1 / deviation[channel % mean.length];
  }

  float shift(int channel) {
    return -mean[channel % mean.length] / deviation[channel % mean.length];
  }
}
