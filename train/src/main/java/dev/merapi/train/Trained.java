package dev.merapi.train;

import dev.merapi.data.Dataset;
import java.util.List;
import java.util.Optional;

/**
 * A training that has come to an end. The model has the weights of the last step; {@link #useBest}
 * gives it those of the best epoch.
 */
public final class Trained {
  /** Why a training ended. */
  public enum Ending {
    /** All epochs are done. */
    COMPLETE,
    /** It had not got better for a while: see {@link EarlyStopping}. */
    STOPPED_EARLY,
    /** It was asked to stop, as by Ctrl-C. */
    INTERRUPTED
  }

  private final Trainer trainer;
  private final Ending ending;
  private final List<EpochScores> history;
  private final long steps;
  private final double seconds;
  private final Optional<EpochScores> best;
  private final Runnable useBest;

  Trained(
      Trainer trainer,
      Ending ending,
      List<EpochScores> history,
      long steps,
      double seconds,
      Optional<EpochScores> best,
      Runnable useBest) {
    this.trainer = trainer;
    this.ending = ending;
    this.history = List.copyOf(history);
    this.steps = steps;
    this.seconds = seconds;
    this.best = best;
    this.useBest = useBest;
  }

  /** Why it ended. */
  public Ending ending() {
    return ending;
  }

  /** The epochs that are complete; none if it was stopped in its first. */
  public List<EpochScores> history() {
    return history;
  }

  /** The steps done. */
  public long steps() {
    return steps;
  }

  /** How long it took, in seconds, validation included; of a resumed run, all its parts. */
  public double seconds() {
    return seconds;
  }

  /** The best epoch by the validation data, if there were such. */
  public Optional<EpochScores> best() {
    return best;
  }

  /** Gives the model the weights of the best epoch; the last ones stay where there is none. */
  public Trained useBest() {
    if (best.isPresent()) {
      useBest.run();
    }
    return this;
  }

  /** How the model does on other data; see {@link Trainer#evaluate}. */
  public Scores evaluate(Dataset data) {
    return trainer.evaluate(data);
  }
}
