package dev.merapi.evaluation;

/**
 * What was predicted for samples of which the truth is known.
 *
 * @param <P> the kind of predictions
 */
public sealed interface Predictions<P extends Predictions<P>> permits Classified, Regressed {
  /** How many samples there are. */
  int samples();

  /** The predictions for these samples; one may come several times. */
  P select(int... rows);
}
