package dev.merapi.cli;

/**
 * The values of a quantity over a training of any length, in little memory: where all places are
 * taken, neighbours become their mean, so that the whole training stays in sight.
 */
final class Trace {
  private static final int PLACES = 512;
  private static final String LEVELS = "▁▂▃▄▅▆▇█";
  private static final String PLAIN_LEVELS = "_.-=+*#@";

  private final double[] means = new double[PLACES];
  private int taken;
  private long each = 1; // values that a place holds
  private double sum;
  private long summed;

  /** Adds a value; one that is not finite leaves a gap. */
  void add(double value) {
    sum += value;
    if (++summed < each) {
      return;
    }
    means[taken++] = sum / summed;
    sum = 0;
    summed = 0;
    if (taken == PLACES) {
      taken /= 2;
      for (int i = 0; i < taken; i++) {
        means[i] = (means[2 * i] + means[2 * i + 1]) / 2;
      }
      each *= 2;
    }
  }

  /**
   * The values as a row of bars, the least at the bottom; shorter where there are fewer values.
   *
   * @param width how many bars, at most
   * @param blocks whether they may be block elements instead of ASCII
   */
  String bars(int width, boolean blocks) {
    int count = Math.min(width, taken);
    double[] shown = new double[count];
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      shown[i] = mean((int) ((long) i * taken / count), (int) ((i + 1L) * taken / count));
      if (Double.isFinite(shown[i])) {
        least = Math.min(least, shown[i]);
        most = Math.max(most, shown[i]);
      }
    }
    var levels = blocks ? LEVELS : PLAIN_LEVELS;
    var text = new StringBuilder();
    for (double value : shown) {
      double height = most > least ? (value - least) / (most - least) : 0.5;
      text.append(
          Double.isFinite(value)
              ? levels.charAt((int) Math.min(levels.length() - 1, height * levels.length()))
              : ' ');
    }
    return text.toString();
  }

  private double mean(int from, int to) {
    double total = 0;
    for (int i = from; i < to; i++) {
      total += means[i];
    }
    return total / (to - from);
  }
}
