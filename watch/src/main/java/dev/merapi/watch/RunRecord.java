package dev.merapi.watch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a run.
 *
 * @param name the name of its folder
 * @param path the folder
 * @param kind {@code run}, or {@code study} for a cross-validation or a search
 * @param state {@code running}; how it ended ({@code complete}, {@code stopped_early}, {@code
 *     interrupted}); or {@code broken off}, where nothing says that it ended
 * @param settings its recipe's settings by path; none where the recipe cannot be read
 * @param environment what it was made with, by path: {@code merapi}, {@code commits.project}
 * @param steps how many steps its metrics tell of
 * @param measured every quantity by name
 * @param tags what somebody has called it
 * @param whole whether all that it measured was read; if not yet, {@code measured} comes from a
 *     part
 * @param revision changes when something of it changes
 */
public record RunRecord(
    String name,
    Path path,
    String kind,
    String state,
    Map<String, String> settings,
    Map<String, String> environment,
    long steps,
    Map<String, Measured> measured,
    List<String> tags,
    boolean whole,
    long revision) {

  /** A quantity: how often it was measured, and its last, least and largest value. */
  public record Measured(long count, double last, double min, double max) {}

  /** The recipe's name, or nothing. */
  public String recipe() {
    return settings.getOrDefault("name", "");
  }

  /** When it began, in UTC, or nothing. */
  public String started() {
    return environment.getOrDefault("started", "");
  }

  /**
   * A value by name, for filters, columns and sorting: {@code name}, {@code state}, {@code kind},
   * {@code recipe}, {@code started}, {@code steps}, {@code tags}; a quantity's last value ({@code
   * val_loss}) or its extremes ({@code min.val_loss}, {@code max.val_accuracy}); a setting of the
   * recipe ({@code training.batch}); or what it was made with ({@code env.commits.project}).
   */
  public Optional<Object> value(String key) {
    return switch (key) {
      case "name" -> Optional.of(name);
      case "state" -> Optional.of(state);
      case "kind" -> Optional.of(kind);
      case "recipe" -> Optional.of(recipe());
      case "started" -> Optional.of(started());
      case "steps" -> Optional.of((double) steps);
      case "tags", "tag" -> Optional.of(String.join(" ", tags));
      default -> quantityOrSetting(key);
    };
  }

  private Optional<Object> quantityOrSetting(String key) {
    if (key.startsWith("env.")) {
      return Optional.ofNullable(environment.get(key.substring("env.".length())));
    }
    if (key.startsWith("min.") || key.startsWith("max.")) {
      return Optional.ofNullable(measured.get(key.substring("min.".length())))
          .map(each -> key.startsWith("min.") ? each.min() : each.max());
    }
    return Optional.<Object>ofNullable(measured.get(key))
        .map(each -> (Object) ((Measured) each).last())
        .or(() -> Optional.ofNullable(settings.get(key)));
  }
}
