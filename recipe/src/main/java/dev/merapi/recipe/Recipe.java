package dev.merapi.recipe;

import dev.merapi.tensor.MerapiException;
import java.util.List;
import java.util.Optional;

/**
 * All that decides on a training, in one YAML file: {@code merapi recipes show NAME} prints one
 * with every setting.
 */
public sealed interface Recipe {
  /** What it is called, and how the folders of its runs begin. */
  String name();

  /** What it does, in a line. */
  String summary();

  /** What is to be expected of it, in a line. */
  String expected();

  /** Decides on all that is random. */
  long seed();

  /** The recipe with every setting, as YAML. */
  default String yaml() {
    return Settings.write(this);
  }

  /** A network that learns from data. */
  record Training(
      String name,
      String summary,
      @Default("nobody has measured it yet") String expected,
      @Default("1") long seed,
      DataSettings data,
      @Default("[]") List<PreparationSettings> preparation,
      @Default("null") Optional<AugmentSettings> augment,
      ModelSettings model,
      @Default("{}") TrainingSettings training,
      @Default("{}") EvaluationSettings evaluation)
      implements Recipe {
    public Training {
      checkName(name);
    }

    /** The same with another way to train. */
    Training with(TrainingSettings other) {
      return new Training(
          name, summary, expected, seed, data, preparation, augment, model, other, evaluation);
    }
  }

  /** A demonstration of gradient descent; see {@link DescentRun}. */
  record Descent(
      String name,
      String summary,
      @Default("nobody has measured it yet") String expected,
      @Default("1") long seed,
      @Default("{}") DescentSettings training)
      implements Recipe {
    public Descent {
      checkName(name);
    }
  }

  private static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new MerapiException(
          "the name `%s` cannot begin a folder's; use letters, digits, dots and hyphens"
              .formatted(name));
    }
  }
}
