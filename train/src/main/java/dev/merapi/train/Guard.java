package dev.merapi.train;

import dev.merapi.optim.Optimization;
import dev.merapi.optim.StepResult;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Watches over a training: decides what becomes of steps that are not finite, and says in words
 * when the loss or the gradients leave what has been usual, and which layer they come from.
 */
final class Guard {
  /** Steps in a row that may be left out. */
  private static final int MOST_IN_A_ROW = 20;

  /** Times that a training may go back. */
  private static final int MOST_ROLLBACKS = 10;

  /** How many steps that were not finite are explained; that computes all their values again. */
  private static final int EXPLAINED = 3;

  /** Steps after the first line about something unusual before the next; then twice as many. */
  private static final int QUIET = 100;

  private final Trainer trainer;
  private final SequencedMap<String, Parameter> parameters;
  private final Optimization optimization;
  private final Usual losses = new Usual(2, 0.5);
  private final Usual norms = new Usual(10, 3);
  private int inARow;
  private int explained;
  private int rollbacks;
  private long quiet = QUIET;
  private long quietUntil;

  Guard(Trainer trainer, SequencedMap<String, Parameter> parameters, Optimization optimization) {
    this.trainer = trainer;
    this.parameters = parameters;
    this.optimization = optimization;
  }

  // ---- steps that are not finite

  /**
   * After a step that was not done, since its loss or its gradients are not finite.
   *
   * @param settled what is done before the last checkpoint is read: waiting for it
   * @throws MerapiException if the training is to end
   */
  void notFinite(Tensor loss, Runnable settled) {
    var problem =
        explained++ < EXPLAINED || trainer.onNan == OnNan.STOP
            ? NonFinite.explain(
                optimization.steps() + 1, loss, parameters, optimization.learningRate())
            : "step %d is not finite either".formatted(optimization.steps() + 1);
    if (trainer.onNan == OnNan.STOP) {
      throw new MerapiException(
          problem + "; `training.on_nan: skip` leaves such steps out, `rollback` goes back");
    }
    if (++inARow > MOST_IN_A_ROW) {
      throw new MerapiException(
          "%s; it is the last of %d steps in a row that were left out".formatted(problem, inARow));
    }
    optimization.discard();
    var done = trainer.onNan == OnNan.ROLLBACK ? rollback(settled) : Optional.<String>empty();
    tell(problem + "; " + done.orElse("the step is left out"));
  }

  /** Takes the values of the last checkpoint, if there is one, and goes on where the data are. */
  private Optional<String> rollback(Runnable settled) {
    settled.run();
    var last = trainer.run.flatMap(run -> run.folder().checkpoints().newest().checkpoint());
    if (last.isEmpty()) {
      return Optional.of("there is no checkpoint to go back to yet: the step is left out");
    }
    if (++rollbacks > MOST_ROLLBACKS) {
      throw new MerapiException(
          "step %d is not finite, after going back to a checkpoint %d times; lower the learning rate (%s), or clip the gradients"
              .formatted(
                  optimization.steps() + 1,
                  MOST_ROLLBACKS,
                  Double.toString(optimization.learningRate())));
    }
    last.get().loadModel(parameters);
    last.get().loadOptimizer(optimization.state());
    return Optional.of(
        "going on with the weights of the checkpoint of step %d".formatted(last.get().step()));
  }

  // ---- steps that are unusual

  /** After a step that was done. */
  void stepped(StepResult result, Tensor loss) {
    inARow = 0;
    boolean spike = losses.exceeds(result.loss());
    boolean explosion = norms.exceeds(result.gradientNorm());
    if ((spike || explosion) && optimization.steps() >= quietUntil) {
      quietUntil = optimization.steps() + quiet;
      quiet *= 2;
      var where = gradients(loss).largest();
      tell(
          spike
              ? "step %d: the loss jumped to %s, from about %s; the largest gradient is that of %s. If it does not come back, lower the learning rate (%s), clip the gradients, or look at the data"
                  .formatted(
                      optimization.steps(),
                      text(result.loss()),
                      text(losses.mean()),
                      where,
                      Double.toString(result.learningRate()))
              : "step %d: the gradients explode: their norm is %s, and about %s was usual; the largest is that of %s. Clip them (`training.clip_norm: 1`), or lower the learning rate (%s)"
                  .formatted(
                      optimization.steps(),
                      text(result.gradientNorm()),
                      text(norms.mean()),
                      where,
                      Double.toString(result.learningRate())));
    }
    losses.add(result.loss());
    norms.add(result.gradientNorm());
  }

  /** After an epoch, by its last batch: after the first, the second, the fourth and so on. */
  void epochEnded(long epoch, Tensor loss) {
    if (Long.bitCount(epoch) != 1 || trainer.progress.equals(Progress.none())) {
      return;
    }
    var gradients = gradients(loss);
    if (!gradients.dead().isEmpty()) {
      tell(
          "epoch %d: no gradient reaches %s: what they compute is dead (units that always give 0), or the loss does not depend on it; lower the learning rate, use another activation or normalise before it"
              .formatted(epoch, String.join(", ", gradients.dead())));
    }
  }

  private LayerGradients gradients(Tensor loss) {
    return LayerGradients.of(loss, optimization.trained(), trainer.options.precision());
  }

  private void tell(String what) {
    trainer.progress.print("note: " + what);
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /** What a number has been like lately, and at the start. */
  private static final class Usual {
    /** Before so many numbers nothing is unusual. */
    private static final int FEW = 50;

    private static final double KEPT = 0.98;

    /** Deviations from the mean that a number may have. */
    private static final double WIDE = 6;

    private final double times;
    private final double timesFirst;
    private long count;
    private double first;
    private double mean;
    private double deviation;

    /**
     * @param times what was usual lately, that a number may be
     * @param timesFirst what was usual at the start: below that, all is well, as a single hard
     *     sample is for a network that has learned nearly everything
     */
    Usual(double times, double timesFirst) {
      this.times = times;
      this.timesFirst = timesFirst;
    }

    double mean() {
      return mean;
    }

    boolean exceeds(double value) {
      return count >= FEW
          && value > times * Math.abs(mean)
          && value > timesFirst * Math.abs(first)
          && value > mean + WIDE * deviation;
    }

    void add(double value) {
      double kept = Math.min(KEPT, count / (count + 1.0));
      deviation = kept * deviation + (1 - kept) * Math.abs(value - mean);
      mean = kept * mean + (1 - kept) * value;
      count++;
      if (count <= FEW) {
        first = mean;
      }
    }
  }
}
