package dev.merapi.recipe;

import dev.merapi.recipe.TrainingSettings.LossName;
import dev.merapi.recipe.TrainingSettings.MetricName;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.FileException;
import dev.merapi.train.Metric;
import dev.merapi.train.ParallelCoordinates;
import dev.merapi.train.Progress;
import dev.merapi.train.Progress.Field;
import dev.merapi.train.Scores;
import dev.merapi.train.StudyWriter;
import dev.merapi.train.Trained.Ending;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  private record Key(int trial, int epochs) {}

  private final Recipe.Training recipe;
  private final SearchSpace space;
  private final Study study;
  private final List<List<Node>> plan;
  private final List<Halving.Round> rounds;
  private final TrainingRun base;
  private final Optional<Metric> metric;
  private final Map<Key, SearchResult> finished = new ConcurrentHashMap<>();

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
    this.metric = recipe.evaluation().bestBy().build();
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
        finished.put(new Key(trial, result.epochs()), result);
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
    return finished.size();
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
      bar.step(finished.size());
      var work = new Work(writer, parallel, new MemoryGate(memory), memory, bar, each, stop);
      boolean complete = true;
      var arms = IntStream.rangeClosed(1, plan.size()).boxed().toList();
      if (rounds.isEmpty()) {
        complete = work.train(arms, Optional.empty());
      }
      for (var round : rounds) {
        arms = ranked(arms).subList(0, round.arms());
        complete = complete && work.train(arms, Optional.of((int) round.epochs()));
      }
      return finish(writer, complete);
    }
  }

  /**
   * The trials, the best first: who got further by halving, then who has the better score, then who
   * has the smaller loss. Those that have not been trained are last.
   */
  private List<Integer> ranked(List<Integer> trials) {
    var longest = longest();
    var order =
        Comparator.comparingInt((SearchResult result) -> rounds.isEmpty() ? 0 : -result.epochs())
            .thenComparingDouble(this::badness)
            .thenComparingDouble(
                result -> result.validation().getOrDefault("loss", Double.MAX_VALUE))
            .thenComparingInt(SearchResult::trial);
    var ranked = new ArrayList<>(trials);
    ranked.sort(Comparator.comparing(longest::get, Comparator.nullsLast(order)));
    return ranked;
  }

  /** The longest training of each trial. */
  private Map<Integer, SearchResult> longest() {
    var longest = new HashMap<Integer, SearchResult>();
    finished
        .values()
        .forEach(
            result ->
                longest.merge(result.trial(), result, (a, b) -> a.epochs() >= b.epochs() ? a : b));
    return longest;
  }

  /** The less, the better. */
  private double badness(SearchResult result) {
    return result
        .score()
        .filter(Double::isFinite)
        .map(score -> greatestIsBest() ? -score : score)
        .orElse(Double.MAX_VALUE);
  }

  private boolean greatestIsBest() {
    return metric.map(Metric::greatestIsBest).orElse(false);
  }

  private Summary finish(StudyWriter writer, boolean complete) {
    var longest = longest();
    var trials = ranked(longest.keySet().stream().toList());
    var ranking = trials.stream().map(longest::get).toList();
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
        finished.size(),
        ranking,
        best);
  }

  /** What trains. */
  private final class Work {
    private final StudyWriter writer;
    private final int parallel;
    private final MemoryGate gate;
    private final long limit;
    private final Progress.Bar bar;
    private final Consumer<SearchResult> each;
    private final BooleanSupplier stop;

    Work(
        StudyWriter writer,
        int parallel,
        MemoryGate gate,
        long limit,
        Progress.Bar bar,
        Consumer<SearchResult> each,
        BooleanSupplier stop) {
      this.writer = writer;
      this.parallel = parallel;
      this.gate = gate;
      this.limit = limit;
      this.bar = bar;
      this.each = each;
      this.stop = stop;
    }

    /** Trains these trials; false if it was asked to stop. */
    boolean train(List<Integer> trials, Optional<Integer> epochs) {
      try (var threads = Executors.newFixedThreadPool(parallel)) {
        var futures = new ArrayList<Future<?>>();
        for (int trial : trials) {
          var recipe = recipe(trial, epochs);
          if (!finished.containsKey(new Key(trial, recipe.training().epochs()))) {
            futures.add(threads.submit(() -> train(trial, recipe)));
          }
        }
        try {
          for (var future : futures) {
            future.get();
          }
        } catch (ExecutionException e) {
          threads.shutdownNow();
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
          threads.shutdownNow();
          Thread.currentThread().interrupt();
          throw new IllegalStateException("the search was interrupted", e);
        }
      }
      return !stop.getAsBoolean();
    }

    private Recipe.Training recipe(int trial, Optional<Integer> epochs) {
      var recipe = space.recipe(plan.get(trial - 1));
      return epochs.map(count -> recipe.with(recipe.training().with(count))).orElse(recipe);
    }

    private Void train(int trial, Recipe.Training recipe) throws InterruptedException {
      if (stop.getAsBoolean()) {
        return null;
      }
      // Only what a trial does is its failure: a file that cannot be written ends the search.
      outcome(trial, recipe).ifPresent(this::finish);
      return null;
    }

    /** What a training comes to; empty if it was asked to stop. */
    private Optional<SearchResult> outcome(int trial, Recipe.Training recipe)
        throws InterruptedException {
      var values = space.plain(plan.get(trial - 1));
      try {
        var run = base.with(recipe, study.place(), dev.merapi.data.Progress.SILENT);
        var need = run.memory();
        need.requireFits(limit);
        // Beside the weights that are trained, those of the best epoch are kept.
        long bytes = need.offHeap() + need.parameters();
        gate.enter(bytes);
        try {
          var outcome = run.fit(Progress.none(), stop);
          return outcome.ending() == Ending.INTERRUPTED
              ? Optional.empty()
              : Optional.of(result(trial, recipe, values, outcome));
        } finally {
          gate.leave(bytes);
        }
      } catch (MerapiException e) { // of no use, but no reason to lose the others
        return Optional.of(
            new SearchResult(
                trial,
                recipe.training().epochs(),
                values,
                Optional.empty(),
                0,
                Map.of(),
                Map.of(),
                0,
                e.getMessage()));
      }
    }

    private SearchResult result(
        int trial,
        Recipe.Training recipe,
        Map<String, Object> values,
        TrainingRun.Outcome outcome) {
      var counts = outcome.counts().orElseThrow();
      var validation = counts.validation().orElseThrow();
      return new SearchResult(
          trial,
          recipe.training().epochs(),
          values,
          Optional.of(validation.metric(metric.map(Metric::name).orElse("loss"))),
          counts.epoch(),
          all(counts.train()),
          all(validation),
          outcome.seconds(),
          "");
    }

    private static Map<String, Double> all(Scores scores) {
      var all = new LinkedHashMap<String, Double>();
      all.put("loss", scores.loss());
      all.putAll(scores.metrics());
      return all;
    }

    private synchronized void finish(SearchResult result) {
      writer.append(TRIALS, result.line());
      finished.put(new Key(result.trial(), result.epochs()), result);
      each.accept(result);
      var scores =
          finished.values().stream().sorted(Comparator.comparingDouble(Search.this::badness));
      var best = scores.findFirst().flatMap(SearchResult::score);
      bar.step(
          finished.size(),
          best.stream()
              .map(score -> Field.of("best " + study.metric(), score))
              .toArray(Field[]::new));
    }
  }

  /** The trials as lines across the settings that are searched, and their scores. */
  public ParallelCoordinates picture(Summary summary) {
    return SearchPicture.of(
        recipe.name(), space.axes(), study.metric(), greatestIsBest(), summary.ranking());
  }
}
