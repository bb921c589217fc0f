package dev.merapi.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/**
 * The checkpoints of one run: folders {@code step-00001234}, and {@code best.json}, which says
 * which of them has been the best so far.
 *
 * @param folder the run's {@code checkpoints} folder
 */
public record Checkpoints(Path folder) {
  private static final Pattern STEP = Pattern.compile("step-(?<step>\\d{8,18})");
  private static final String BEST = "best.json";
  private static final String DAMAGED = "damaged-";

  /** A checkpoint's folder that cannot be used, and why. */
  public record Skipped(Path folder, String reason) {}

  /**
   * What a search found.
   *
   * @param checkpoint the newest whole checkpoint
   * @param skipped ones that are not whole: those that are newer, newest first, and the best
   */
  public record Found(Optional<Checkpoint> checkpoint, List<Skipped> skipped) {}

  /** What {@code best.json} says. */
  private record Best(long step) {}

  /** Returns where the checkpoint of a step lies. */
  public Path at(long step) {
    return folder.resolve("step-%08d".formatted(step));
  }

  /**
   * Writes the checkpoint of a step; see {@link Checkpoint#write}.
   *
   * @throws FileException if it cannot be written; earlier checkpoints are untouched
   */
  public Checkpoint save(
      long step, Map<String, StoredArray> model, Map<String, StoredArray> optimizer, Record state) {
    return Checkpoint.write(at(step), step, model, optimizer, state);
  }

  /** Looks for the newest checkpoint that is whole, and says which newer ones are not, and why. */
  public Found newest() {
    var skipped = new ArrayList<Skipped>();
    for (long step : steps().reversed()) {
      try {
        return new Found(Optional.of(Checkpoint.open(at(step))), List.copyOf(skipped));
      } catch (FileException e) {
        skipped.add(new Skipped(at(step), e.getMessage()));
      }
    }
    return new Found(Optional.empty(), List.copyOf(skipped));
  }

  /** Writes down that the checkpoint of this step is the best so far. */
  public void markBest(long step) {
    AtomicFiles.write(folder.resolve(BEST), Json.pretty(new Best(step)));
  }

  /**
   * Returns the checkpoint that was last marked as the best.
   *
   * @throws FileException if there is one, and it is not whole
   */
  public Optional<Checkpoint> best() {
    var step = bestStep();
    return step.isPresent() ? Optional.of(Checkpoint.open(at(step.getAsLong()))) : Optional.empty();
  }

  /** Deletes all checkpoints but the newest ones and the best. */
  public void prune(int newest) {
    if (newest < 1) {
      throw new IllegalArgumentException("at least one checkpoint must stay, not " + newest);
    }
    var steps = steps();
    var best = bestStep();
    for (long step : steps.subList(0, Math.max(0, steps.size() - newest))) {
      if (best.isEmpty() || best.getAsLong() != step) {
        AtomicFiles.deleteFolder(at(step));
      }
    }
  }

  /**
   * Looks for the newest checkpoint that is whole, as {@link #newest}, and leaves only what a
   * training can go on from: those that are not whole, the best included, are set aside as {@code
   * damaged-step-00001234}, and nothing is said to be the best that is not there.
   */
  Found repair() {
    var found = newest();
    var skipped = new ArrayList<>(found.skipped());
    brokenBest(found)
        .filter(best -> skipped.stream().noneMatch(each -> each.folder().equals(best.folder())))
        .ifPresent(skipped::add);
    skipped.stream().map(Skipped::folder).forEach(this::setAside);
    return new Found(found.checkpoint(), List.copyOf(skipped));
  }

  /** Forgets which is the best where that one is not whole, and says why it is not. */
  private Optional<Skipped> brokenBest(Found found) {
    var file = folder.resolve(BEST);
    var at = file;
    try {
      var step = bestStep();
      if (step.isPresent()) {
        at = at(step.getAsLong());
        if (!found.checkpoint().map(Checkpoint::folder).equals(Optional.of(at))) {
          Checkpoint.open(at);
        }
      }
      return Optional.empty();
    } catch (FileException e) {
      try {
        Files.delete(file);
      } catch (IOException failure) {
        throw FileException.of(file, "delete", failure);
      }
      return Optional.of(new Skipped(at, e.getMessage()));
    }
  }

  private void setAside(Path damaged) {
    if (Files.isDirectory(damaged)) {
      AtomicFiles.moveFolder(damaged, folder.resolve(DAMAGED + damaged.getFileName()));
    }
  }

  OptionalLong bestStep() {
    var file = folder.resolve(BEST);
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    try {
      var best = Json.present(Json.MAPPER.readValue(Files.readAllBytes(file), Best.class));
      return OptionalLong.of(best.step());
    } catch (JacksonException e) {
      throw new FileException(
          file,
          "it does not name a step (" + e.getOriginalMessage() + ")",
          "write {\"step\": N} into it, with the step of a checkpoint beside it");
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
  }

  /** The steps that have a folder, whole or not, in order. */
  private List<Long> steps() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .map(entry -> STEP.matcher(entry.getFileName().toString()))
          .filter(name -> name.matches())
          .map(name -> Long.parseLong(name.group("step")))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw FileException.of(folder, "read", e);
    }
  }
}
