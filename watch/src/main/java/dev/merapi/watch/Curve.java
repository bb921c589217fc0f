package dev.merapi.watch;

import java.util.Arrays;

/**
 * The way of one quantity over the steps of a training, in at most {@value #PLACES} places. While
 * there are fewer values, each has a place of its own; then neighbours are put together, so a
 * training of any length stays in sight. A place keeps the mean of its values.
 */
final class Curve {
  static final int PLACES = 1024;

  private double[] steps = new double[16];
  private float[] means = new float[16];
  private int taken;
  private long each = 1; // values that a whole place holds

  private double stepSum;
  private double sum;
  private long summed;

  private long count;
  private double last = Double.NaN;
  private double least = Double.NaN;
  private double most = Double.NaN;

  Curve() {}

  /** A curve as it was stored: see {@link CurveStore}. */
  Curve(double[] steps, float[] means, long count, double last, double least, double most) {
    this.steps = steps;
    this.means = means;
    this.taken = steps.length;
    this.count = count;
    this.last = last;
    this.least = least;
    this.most = most;
  }

  void add(double step, double value) {
    count++;
    last = value;
    least = value < least || Double.isNaN(least) ? value : least;
    most = value > most || Double.isNaN(most) ? value : most;
    stepSum += step;
    sum += value;
    if (++summed == each) {
      place();
    }
  }

  /** Gives what is not a whole place yet a place of its own; nothing may be added afterwards. */
  Curve end() {
    if (summed > 0) {
      place();
    }
    return this;
  }

  private void place() {
    if (taken == PLACES) {
      halve();
      if (summed < each) {
        return; // what was about to have a place is half of one now
      }
    }
    if (taken == steps.length) {
      steps = Arrays.copyOf(steps, 2 * taken);
      means = Arrays.copyOf(means, 2 * taken);
    }
    steps[taken] = stepSum / summed;
    means[taken++] = (float) (sum / summed);
    stepSum = 0;
    sum = 0;
    summed = 0;
  }

  private void halve() {
    taken /= 2;
    for (int i = 0; i < taken; i++) {
      steps[i] = (steps[2 * i] + steps[2 * i + 1]) / 2;
      means[i] = (means[2 * i] + means[2 * i + 1]) / 2;
    }
    each *= 2;
  }

  /** How many places there are. */
  int size() {
    return taken;
  }

  double step(int place) {
    return steps[place];
  }

  float mean(int place) {
    return means[place];
  }

  /** How many values there were. */
  long count() {
    return count;
  }

  /** The last value. */
  double last() {
    return last;
  }

  /** The least value; NaN if there was none. */
  double least() {
    return least;
  }

  /** The largest value; NaN if there was none. */
  double most() {
    return most;
  }
}
