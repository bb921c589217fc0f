package dev.merapi.watch;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Metrics;
import dev.merapi.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether two runs of one recipe have the same bits.
 *
 * @param lines how many lines of metrics both have
 * @param differences the first few, in words; none if all is the same
 * @param surroundings what differs in what they were made with, in words
 */
public record Reproduction(long lines, List<String> differences, List<String> surroundings) {
  /** What is never the same twice. */
  private static final Set<String> TIMES = Set.of("seconds", "samples_per_second");

  private static final int MOST = 5;

  /** Whether all that both have is the same to the last bit. */
  public boolean same() {
    return differences.isEmpty();
  }

  /**
   * Compares the metrics, without times, as far as both go, and the files of weights and of the
   * optimizer's state of the last checkpoint that both have.
   *
   * @throws MerapiException if they have nothing to compare
   */
  public static Reproduction of(RunFolder first, RunFolder second) {
    var before = lines(first);
    var now = lines(second);
    int lines = Math.min(before.size(), now.size());
    if (lines == 0) {
      throw new MerapiException(
          "%s: nothing was measured that could be compared; let it train for an epoch"
              .formatted(before.isEmpty() ? first.path() : second.path()));
    }
    var differences = new ArrayList<String>();
    for (int i = 0; i < lines && differences.size() < MOST; i++) {
      compare(before.get(i), now.get(i), differences);
    }
    weights(first, second, differences);
    return new Reproduction(lines, differences, List.of());
  }

  /** The same with what differs in the surroundings. */
  public Reproduction with(RunRecord first, RunRecord second) {
    var keys = new TreeSet<>(first.environment().keySet());
    keys.addAll(second.environment().keySet());
    keys.removeAll(Set.of("started", "commandLine", "heapBytes"));
    var words =
        keys.stream()
            .filter(key -> !value(first, key).equals(value(second, key)))
            .map(key -> "%s: %s, now %s".formatted(key, value(first, key), value(second, key)))
            .collect(Collectors.toList());
    return new Reproduction(lines, differences, words);
  }

  private static String value(RunRecord run, String key) {
    return run.environment().getOrDefault(key, "not recorded");
  }

  private static List<Metrics.Line> lines(RunFolder run) {
    return run.metrics().lines();
  }

  private static void compare(Metrics.Line before, Metrics.Line now, List<String> differences) {
    var keys = new TreeSet<>(before.fields().keySet());
    keys.addAll(now.fields().keySet());
    keys.removeAll(TIMES);
    for (var key : keys) {
      var is = value(before.fields(), key);
      var was = value(now.fields(), key);
      if (!is.equals(was)) {
        differences.add("step %d: %s was %s and is %s".formatted(before.step(), key, is, was));
      }
    }
  }

  /** Numbers as Java writes them: two are written alike only if their bits are. */
  private static String value(Map<String, Object> fields, String key) {
    return String.valueOf(fields.get(key));
  }

  private static void weights(RunFolder first, RunFolder second, List<String> differences) {
    var steps = steps(first);
    steps.retainAll(steps(second));
    if (steps.isEmpty()) {
      return;
    }
    for (var file : List.of("model.safetensors", "optimizer.safetensors")) {
      try {
        long at =
            Files.mismatch(
                first.checkpoints().at(steps.last()).resolve(file),
                second.checkpoints().at(steps.last()).resolve(file));
        if (at >= 0) {
          differences.add(
              "the checkpoints of step %d differ in %s, from byte %d on"
                  .formatted(steps.last(), file, at));
        }
      } catch (IOException e) {
        throw new MerapiException(
            "%s: the checkpoints cannot be compared (%s); see that both are whole"
                .formatted(first.path(), e.getMessage()),
            e);
      }
    }
  }

  private static TreeSet<Long> steps(RunFolder run) {
    try (var entries = Files.list(run.checkpoints().folder())) {
      return entries
          .map(Path::getFileName)
          .map(Path::toString)
          .filter(name -> name.matches("step-\\d{8,18}"))
          .map(name -> Long.valueOf(name.substring("step-".length())))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException _) {
      return new TreeSet<>(); // none yet
    }
  }
}
