package dev.merapi.train;

import dev.merapi.graph.Storage;
import dev.merapi.tensor.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Writes a training's checkpoints while it goes on: the values are copied to memory that is set
 * aside for it, which is all that the training waits for, and another thread writes the copy. What
 * stays as it is is not copied.
 *
 * <p>One is written at a time, so the next waits for the one before. A checkpoint that could not be
 * written is told by the next call of any method. Not for several threads at a time.
 */
final class CheckpointWriter implements AutoCloseable {
  /** Bytes that one thread copies at a time. */
  private static final long PIECE = 32L << 20;

  private final RunWriter run;
  private final Saving saving;
  private final Map<String, StoredArray> model;
  private final Map<String, StoredArray> optimizer;
  private final List<Copy> copies = new ArrayList<>();
  private Optional<FutureTask<Void>> writing = Optional.empty();
  private volatile double lastSeconds;

  private record Copy(MemorySegment from, MemorySegment to) {}

  /**
   * Takes the memory for the copies, unless the training is to wait for its checkpoints.
   *
   * @param model the model's parameters by name
   * @param frozen those of them that do not change
   * @param optimizer the optimizer's state by name
   */
  CheckpointWriter(
      RunWriter run,
      Saving saving,
      Map<String, Parameter> model,
      Set<Parameter> frozen,
      Map<String, Parameter> optimizer) {
    this.run = run;
    this.saving = saving;
    this.model = staged(model, frozen);
    this.optimizer = staged(optimizer, Set.of());
  }

  private Map<String, StoredArray> staged(
      Map<String, Parameter> parameters, Set<Parameter> frozen) {
    var arrays = Weights.of(parameters);
    if (!saving.behind()) {
      return arrays;
    }
    var staged = new LinkedHashMap<String, StoredArray>();
    arrays.forEach(
        (name, array) -> {
          if (frozen.contains(parameters.get(name))) {
            staged.put(name, array);
            return;
          }
          long size = array.bytes().byteSize();
          var to = Storage.reserve(Arena.ofAuto(), Math.max(size, 1)).asSlice(0, size);
          for (long at = 0; at < size; at += PIECE) {
            long part = Math.min(PIECE, size - at);
            copies.add(new Copy(array.bytes().asSlice(at, part), to.asSlice(at, part)));
          }
          staged.put(name, new StoredArray(array.type(), array.shape(), to));
        });
    return staged;
  }

  /**
   * Takes the values as they stand, and sees to their being written.
   *
   * @param state that does not change any more
   * @param best whether this is the best checkpoint so far
   * @throws FileException if it, or the one before, cannot be written
   */
  void save(long step, Record state, boolean best) {
    await();
    if (!saving.behind()) {
      write(step, state, best);
      return;
    }
    copies.stream().parallel().forEach(copy -> copy.to().copyFrom(copy.from()));
    var task = new FutureTask<Void>(() -> write(step, state, best), null);
    writing = Optional.of(task);
    Thread.ofPlatform().daemon().name("merapi-checkpoint").start(task);
  }

  private void write(long step, Record state, boolean best) {
    long begin = System.nanoTime();
    run.save(step, model, optimizer, state);
    var checkpoints = run.folder().checkpoints();
    if (best) {
      checkpoints.markBest(step);
    }
    checkpoints.prune(saving.keep());
    lastSeconds = (System.nanoTime() - begin) / 1e9;
  }

  /** Whether one is being written. */
  boolean isWriting() {
    return writing.isPresent() && !writing.get().isDone();
  }

  /** How long the last one took to be written, in seconds. */
  double lastSeconds() {
    return lastSeconds;
  }

  /**
   * Tells whether all is well so far, without waiting.
   *
   * @throws FileException if the last checkpoint could not be written
   */
  void check() {
    if (writing.isPresent() && writing.get().isDone()) {
      await();
    }
  }

  /** Waits for the last checkpoint. */
  private void await() {
    boolean interrupted = false;
    try {
      while (writing.isPresent()) {
        try {
          writing.get().get();
          writing = Optional.empty();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException e) {
          writing = Optional.empty();
          if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
          }
          throw new IllegalStateException("a checkpoint could not be written", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits until the last checkpoint is on the disk.
   *
   * @throws FileException if it could not be written
   */
  @Override
  public void close() {
    await();
  }
}
