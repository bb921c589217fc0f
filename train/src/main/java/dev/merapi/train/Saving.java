package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import java.time.Duration;
import java.util.Optional;

/**
 * When a training writes checkpoints, how many it keeps, and whether it waits for them. The last
 * epoch and a best one are always written.
 *
 * @param epochs at the end of every so many epochs; at least 1
 * @param steps after so many steps, too; 0 for never
 * @param every after so long, too; empty for never
 * @param keep how many of the newest to keep, besides the best; at least 1
 * @param behind whether they are written while the training goes on, from a copy of its weights and
 *     its optimizer's state; that takes as much memory again as these do
 */
public record Saving(long epochs, long steps, Optional<Duration> every, int keep, boolean behind) {
  /** Each epoch and every five minutes, keeping the newest two: one may fall to a power cut. */
  public static final Saving DEFAULT =
      new Saving(1, 0, Optional.of(Duration.ofMinutes(5)), 2, true);

  public Saving {
    if (epochs < 1 || steps < 0 || keep < 1) {
      throw new MerapiException(
          "saving: every %d epochs, every %d steps, keeping %d; give at least 1, 0 and 1"
              .formatted(epochs, steps, keep));
    }
  }

  /** At the end of every so many epochs. */
  public Saving everyEpochs(long epochs) {
    return new Saving(epochs, steps, every, keep, behind);
  }

  /** After every so many steps, too. */
  public Saving everySteps(long steps) {
    return new Saving(epochs, steps, every, keep, behind);
  }

  /** After every so long, too. */
  public Saving every(Duration time) {
    return new Saving(epochs, steps, Optional.of(time), keep, behind);
  }

  /** Keeps so many of the newest. */
  public Saving keep(int newest) {
    return new Saving(epochs, steps, every, newest, behind);
  }

  /** Whether to write while the training goes on, or to let it wait. */
  public Saving behind(boolean behind) {
    return new Saving(epochs, steps, every, keep, behind);
  }

  boolean due(long step, long nanosecondsSinceLast) {
    return (steps > 0 && step % steps == 0)
        || every.map(time -> nanosecondsSinceLast >= time.toNanos()).orElse(false);
  }
}
