package dev.merapi.recipe;

import dev.merapi.recipe.TrainingSettings.LossName;
import dev.merapi.recipe.TrainingSettings.MetricName;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.FileException;
import dev.merapi.train.ParallelCoordinates;
import dev.merapi.train.Progress;
import dev.merapi.train.StudyWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Looks for the best settings of a recipe: trains it with one combination of values after another,
 * and ranks them by the validation data. The test data are never looked at: they are for the one
 * recipe that is chosen.
 *
 * <p>Each training begins anew, in the rounds of {@link Halving}, too: so schedules of the learning
 * rate end where the training does, and the scores of a round are those of whole, shorter
 * trainings.
 *
 * <p>The trials follow from the recipe, the space, the method and the seed alone. Each that is
 * finished is a line of {@code trials.jsonl}; a search that goes on repeats none of those.
 */
public final class Search {
  /** One finished training a line. */
  public static final String TRIALS = "trials.jsonl";

  /** The recipe of the best trial. */
  public static final String BEST = "best.yaml";

  private static final String SPACE = "space.yaml";

  /** How combinations are chosen. */
  public enum Method {
    /** All there are. */
    GRID,
    /** As many as are wanted, by chance. */
    RANDOM,
    /** By chance; the better half goes on for longer, again and again. See {@link Halving}. */
    HALVING
  }

  /**
   * What is searched how, beside the recipe and the space.
   *
   * @param trials how many combinations; for a grid, all there are
   * @param metric by which they are ranked
   * @param data where the data are; empty where the recipe finds them
   */
  public record Study(Method method, int trials, String metric, String data) {
    Optional<Path> place() {
      return data.isEmpty() ? Optional.empty() : Optional.of(Path.of(data));
    }
  }

  /**
   * What all of it has come to.
   *
   * @param study its folder
   * @param ending {@code complete} or {@code interrupted}
   * @param metric by which the trials are ranked
   * @param trainings that are finished; with halving a trial has several
   * @param ranking the trials, the best first, each by its longest training
   * @param best the recipe of the best; empty if none has a score
   */
  public record Summary(
      String study,
      String ending,
      String metric,
      int trainings,
      List<SearchResult> ranking,
      Optional<String> best) {}

  private final Recipe.Training recipe;
  private final SearchSpace space;
  private final Study study;
  private final List<List<Node>> plan;
  private final List<Halving.Round> rounds;
  private final TrainingRun base;
  private final SearchTrials trials;

  private Search(
      Recipe.Training recipe,
      SearchSpace space,
      Study study,
      List<List<Node>> plan,
      List<Halving.Round> rounds,
      TrainingRun base) {
    this.recipe = recipe;
    this.space = space;
    this.study = study;
    this.plan = plan;
    this.rounds = rounds;
    this.base = base;
    this.trials = new SearchTrials(recipe.evaluation().bestBy().build(), !rounds.isEmpty());
  }

  /**
   * Plans a search and loads the data; trains and writes nothing.
   *
   * @param recipe whose {@code evaluation.best_by} ranks the trials
   * @param spaces see {@link SearchSpace#parse}
   * @param trials how many combinations; a grid takes none
   * @param place where the data are, if the user said so
   * @throws MerapiException if a trial is no legal recipe, the data cannot be used, or none are
   *     held out to judge by
   */
  public static Search prepare(
      Recipe.Training recipe,
      List<String> spaces,
      Method method,
      int trials,
      Optional<Path> place,
      dev.merapi.data.Progress download) {
    var space = SearchSpace.parse(spaces, recipe);
    refuse(recipe, space, method);
    var plan = method == Method.GRID ? space.grid() : space.random(trials, recipe.seed());
    plan.forEach(space::recipe);
    var rounds =
        method == Method.HALVING
            ? Halving.within(plan.size(), recipe.training().epochs())
            : List.<Halving.Round>of();
    var base = TrainingRun.prepare(recipe, place, download);
    if (!base.holdsOut()) {
      throw new RecipeException(
          "nothing is held out to judge trials by, and the test data must not choose: hold some out with --set %s=0.2"
              .formatted(
                  recipe.data() instanceof DataSettings.Table
                      ? "data.split.validation"
                      : "data.validation"));
    }
    var study =
        new Study(
            method,
            plan.size(),
            Settings.word(recipe.evaluation().bestBy()),
            place.map(Path::toString).orElse(""));
    return new Search(recipe, space, study, plan, rounds, base);
  }

  private static void refuse(Recipe.Training recipe, SearchSpace space, Method method) {
    for (var axis : space.axes()) {
      if (axis.path().equals("training.epochs") && method == Method.HALVING) {
        throw new RecipeException(
            "halving decides on `training.epochs` itself; leave it out of the space");
      }
      if (axis.path().equals("training.loss") && recipe.evaluation().bestBy() == MetricName.LOSS) {
        throw new RecipeException(
            "different losses cannot be compared with each other (there are %s); rank by --metric"
                .formatted(List.of(LossName.values())));
      }
    }
  }

  /**
   * Goes on with the search of a folder.
   *
   * @throws MerapiException if it holds no search, or the data are not there any more
   */
  public static Search resume(StudyWriter writer, dev.merapi.data.Progress download) {
    var study = writer.study(Study.class);
    var name = writer.file("recipe.yaml").toString();
    if (!(Recipes.parse(name, writer.recipe(), List.of()) instanceof Recipe.Training recipe)) {
      throw new FileException(
          writer.folder(), "its recipe trains no network", "start a new search");
    }
    var search =
        prepare(
            recipe,
            List.of(writer.file(SPACE).toString()),
            study.method(),
            study.trials(),
            study.place(),
            download);
    search.recall(writer);
    return search;
  }

  /** Reads what is finished already. */
  private void recall(StudyWriter writer) {
    for (var line : writer.lines(TRIALS).lines()) {
      int trial = (int) line.number("trial").orElse(0);
      if (trial >= 1 && trial <= plan.size()) {
        var result = SearchResult.of(line, space.plain(plan.get(trial - 1)));
        trials.add(result);
      }
    }
  }

  /**
   * Refuses to go on with a search that is not this one.
   *
   * @param other what was found in a folder
   */
  public void requireSame(Search other) {
    var differs =
        !recipe.equals(other.recipe)
            ? "recipe"
            : !space.yaml().equals(other.space.yaml())
                ? "space"
                : !study.equals(other.study) ? "method, number of trials, metric or data" : "";
    if (!differs.isEmpty()) {
      throw new RecipeException(
          "the search in that folder has another %s; give the same command, or --resume alone"
              .formatted(differs));
    }
  }

  /** Writes what {@link #resume} needs. */
  public void save(StudyWriter writer) {
    writer.writeText(SPACE, space.yaml());
  }

  /** What a study's folder keeps of it. */
  public Study study() {
    return study;
  }

  /** The recipe before anything of it is changed. */
  public Recipe.Training recipe() {
    return recipe;
  }

  /** What is going to be done, in a line. */
  public String plan() {
    var trials = "%d trials (%s)".formatted(plan.size(), Settings.word(study.method()));
    if (rounds.isEmpty()) {
      return trials;
    }
    var steps =
        rounds.stream().map(round -> "%d for %d".formatted(round.arms(), round.epochs())).toList();
    return trials + ", by epochs: " + String.join(", ", steps);
  }

  /** What whoever reads the results has to know, a sentence each. */
  public List<String> notes() {
    return base.notes();
  }

  /** The fingerprint of the training data. */
  public String fingerprint() {
    return base.fingerprint();
  }

  /** How many trainings are finished already. */
  public int finished() {
    return trials.finished();
  }

  // ---- the search

  /**
   * Trains what is not finished yet, and ranks.
   *
   * @param parallel trainings at a time, at most
   * @param memory bytes that they may take outside the heap, all together
   * @param each is told of each training when it is finished
   * @param stop asked after each step; the trainings that it ends are not counted
   */
  public Summary run(
      StudyWriter writer,
      int parallel,
      long memory,
      Progress progress,
      Consumer<SearchResult> each,
      BooleanSupplier stop) {
    int total =
        rounds.isEmpty() ? plan.size() : rounds.stream().mapToInt(Halving.Round::arms).sum();
    try (var bar = progress.start("trials", total)) {
      bar.step(trials.finished());
      var watched = new SearchWork.Watch(writer, bar, each, stop);
      var work = new SearchWork(base, space, plan, study, trials, watched, parallel, memory);
      boolean complete = true;
      var arms = IntStream.rangeClosed(1, plan.size()).boxed().toList();
      if (rounds.isEmpty()) {
        complete = work.train(arms, Optional.empty());
      }
      for (var round : rounds) {
        arms = trials.ranked(arms).subList(0, round.arms());
        complete = complete && work.train(arms, Optional.of((int) round.epochs()));
      }
      return finish(writer, complete);
    }
  }

  private Summary finish(StudyWriter writer, boolean complete) {
    var ranking = trials.ranking();
    var best =
        ranking.stream()
            .findFirst()
            .filter(result -> result.score().isPresent())
            .map(
                result -> {
                  writer.writeText(BEST, space.recipe(plan.get(result.trial() - 1)).yaml());
                  return writer.file(BEST).toString();
                });
    return new Summary(
        writer.folder().toString(),
        complete ? "complete" : "interrupted",
        study.metric(),
        trials.finished(),
        ranking,
        best);
  }

  /** The trials as lines across the settings that are searched, and their scores. */
  public ParallelCoordinates picture(Summary summary) {
    return SearchPicture.of(
        recipe.name(), space.axes(), study.metric(), trials.greatestIsBest(), summary.ranking());
  }
}
