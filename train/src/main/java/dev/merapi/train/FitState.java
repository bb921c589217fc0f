package dev.merapi.train;

import dev.merapi.data.Position;
import java.util.List;
import java.util.Map;

/**
 * All that a training needs, besides the parameters and the optimizer's state, to go on as if it
 * had never been away: {@code state.json} of a checkpoint.
 *
 * @param key the value of the random key; what is drawn follows from it, the epoch and the batch
 * @param data the fingerprint of the training data
 * @param position the next batch
 * @param batches how many batches there have been in all epochs
 * @param totals sums over the present epoch
 * @param epochSeconds how long the present epoch has taken
 * @param seconds how long all has taken
 * @param schedule what the schedule of the learning rate keeps
 * @param history the epochs that are done
 */
record FitState(
    long key,
    String data,
    Position position,
    long batches,
    Totals totals,
    double epochSeconds,
    double seconds,
    Map<String, Double> schedule,
    List<EpochScores> history) {}
