package dev.merapi.recipe;

import dev.merapi.table.Step;
import dev.merapi.table.Step.Filling;
import dev.merapi.table.Step.Rule;
import dev.merapi.table.Window;
import java.util.List;
import java.util.Optional;

/**
 * A step of what is done to a table before its network sees it, in the order of the recipe. What
 * has to be learned for it is learned from the training rows. Without columns it is done to all
 * that it can be done to, but never to the target, which has to be named.
 */
public sealed interface PreparationSettings {

  /** The step; none for what is done before or behind all steps. */
  Optional<Step> step();

  /**
   * What becomes of missing cells.
   *
   * @param with what they are filled with, or drop for leaving their rows out
   * @param value what a constant is
   */
  record Missing(
      @Default("most-frequent") With with,
      @Default("0") String value,
      @Default("[]") List<String> columns)
      implements PreparationSettings {
    /** See {@link Filling}. */
    public enum With {
      MEAN,
      MEDIAN,
      MOST_FREQUENT,
      CONSTANT,
      DROP
    }

    @Override
    public Optional<Step> step() {
      var names = names(columns);
      return Optional.of(
          switch (with) {
            case MEAN -> Step.fill(Filling.MEAN, names);
            case MEDIAN -> Step.fill(Filling.MEDIAN, names);
            case MOST_FREQUENT -> Step.fill(Filling.MOST_FREQUENT, names);
            case CONSTANT -> Step.fill(value, names);
            case DROP -> Step.dropMissing(names);
          });
    }
  }

  /** Rows that repeat an earlier one are left out, before the table is split. */
  record Duplicates() implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.empty();
    }
  }

  /**
   * What becomes of unusual numbers.
   *
   * @param by how they are told
   * @param factor how many interquartile ranges or deviations are too many
   * @param action whether they are moved to the nearest usual number, or their rows left out of
   *     training
   */
  record Outliers(
      @Default("iqr") Rule by,
      @Default("1.5") @Range(from = 0) double factor,
      @Default("clip") Action action,
      @Default("[]") List<String> columns)
      implements PreparationSettings {
    /** What becomes of them. */
    public enum Action {
      CLIP,
      DROP
    }

    @Override
    public Optional<Step> step() {
      var names = names(columns);
      return Optional.of(
          action == Action.CLIP
              ? Step.clip(by, factor, names)
              : Step.dropOutliers(by, factor, names));
    }
  }

  /** From 0 to 1 on the training rows. */
  record MinMax(@Default("[]") List<String> columns) implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.of(Step.minMax(names(columns)));
    }
  }

  /** With the mean 0 and the deviation 1 on the training rows. */
  record Standardise(@Default("[]") List<String> columns) implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.of(Step.standardise(names(columns)));
    }
  }

  /** {@code ln(x + offset)}. */
  record Log(@Default("0") double offset, @Default("[]") List<String> columns)
      implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.of(Step.log(offset, names(columns)));
    }
  }

  /** A column of 0 and 1 for each word of a category. */
  record OneHot(@Default("[]") List<String> columns) implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.of(Step.oneHot(names(columns)));
    }
  }

  /** The number of each word of a category, for embeddings; 0 for unknown words. */
  record LabelEncode(@Default("[]") List<String> columns) implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.of(Step.labelEncode(names(columns)));
    }
  }

  /**
   * Rows one after the other make an example, and the target is that of a later row.
   *
   * @param length rows of an example
   * @param horizon how many rows behind the last of them the target is
   */
  record Windows(@Range(from = 1) int length, @Default("1") @Range(from = 1) int horizon)
      implements PreparationSettings {
    @Override
    public Optional<Step> step() {
      return Optional.empty();
    }
  }

  /** The steps of a preparation. */
  static List<Step> steps(List<PreparationSettings> preparation) {
    return preparation.stream().flatMap(each -> each.step().stream()).toList();
  }

  /** How rows become examples. */
  static Window window(List<PreparationSettings> preparation) {
    return preparation.stream()
        .filter(Windows.class::isInstance)
        .map(Windows.class::cast)
        .map(windows -> new Window(windows.length, windows.horizon))
        .findFirst()
        .orElse(Window.NONE);
  }

  private static String[] names(List<String> columns) {
    return columns.toArray(String[]::new);
  }
}
