package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import java.util.Locale;

/**
 * The memory that a training is going to take, in bytes. All but the data lies outside the Java
 * heap.
 *
 * @param parameters weights and state of the model
 * @param frozen those of the parameters that stay as they are
 * @param optimizer what the optimizer keeps, averaged weights and accumulated gradients included
 * @param step what a step computes in: activations, gradients, its batch
 * @param evaluation what the evaluation of a batch computes in, in the same place as a step
 * @param data the examples, as they are kept on the heap
 */
public record MemoryNeed(
    long parameters, long frozen, long optimizer, long step, long evaluation, long data) {

  /** Bytes outside the heap at the peak. */
  public long offHeap() {
    return parameters + optimizer + workspace();
  }

  /**
   * Bytes of a copy of what changes of parameters and optimizer, from which checkpoints are written
   * while the training goes on. Where it does not fit, the training waits for them.
   */
  public long checkpoint() {
    return parameters - frozen + optimizer;
  }

  /** Whether checkpoints can be written while the training goes on. */
  public boolean fitsCheckpoint(long limit) {
    return offHeap() + checkpoint() <= limit;
  }

  private long workspace() {
    return Math.max(step, evaluation);
  }

  /** The same for people, with what it adds up to. */
  public String table() {
    return """
    parameters       %s
    optimizer        %s
    workspace        %s (a step %s, the evaluation of a batch %s)
    outside the heap %s (and %s to write checkpoints from while it trains, where that fits)
    data (heap)      %s\
    """
        .formatted(
            text(parameters),
            text(optimizer),
            text(workspace()),
            text(step),
            text(evaluation),
            text(offHeap()),
            text(checkpoint()),
            text(data));
  }

  /**
   * Refuses a training that cannot fit.
   *
   * @param limit bytes that may be taken outside the heap
   * @throws MerapiException that says what takes the memory and what to change
   */
  public void requireFits(long limit) {
    if (offHeap() > limit) {
      throw new MerapiException(
          "this training needs %s of memory outside the heap, and %s may be taken: parameters %s, optimizer %s, workspace %s; %s"
              .formatted(
                  text(offHeap()),
                  text(limit),
                  text(parameters),
                  text(optimizer),
                  text(workspace()),
                  advice(limit)));
    }
  }

  private String advice(long limit) {
    if (parameters + optimizer > limit) {
      return "make the model smaller, or take a machine with more memory";
    }
    return step >= evaluation
        ? "make `training.batch` smaller (with `training.accumulate` as much larger the steps stay"
            + " the same), or the model"
        : "make `evaluation.batch` smaller";
  }

  private static String text(long bytes) {
    return bytes < 100_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }
}
