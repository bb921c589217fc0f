package dev.merapi.recipe;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Progress;
import dev.merapi.train.Progress.Field;
import dev.merapi.train.Scores;
import dev.merapi.train.StudyWriter;
import dev.merapi.train.Trained.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.nodes.Node;

/** Trains the trials of a search, several at a time as far as memory goes. */
final class SearchWork {
  private final TrainingRun base;
  private final SearchSpace space;
  private final List<List<Node>> plan;
  private final Search.Study study;
  private final SearchTrials trials;
  private final Watch watch;
  private final int parallel;
  private final long limit;
  private final MemoryGate gate;

  /**
   * Who is told of it, and who ends it.
   *
   * @param each is told of each training when it is finished
   * @param stop asked after each step
   */
  record Watch(
      StudyWriter writer, Progress.Bar bar, Consumer<SearchResult> each, BooleanSupplier stop) {}

  /**
   * Work that has not begun.
   *
   * @param base a run whose data are shared
   * @param trials that are finished; new ones are added
   * @param parallel trainings at a time, at most
   * @param limit bytes that they may take outside the heap, all together
   */
  SearchWork(
      TrainingRun base,
      SearchSpace space,
      List<List<Node>> plan,
      Search.Study study,
      SearchTrials trials,
      Watch watch,
      int parallel,
      long limit) {
    this.base = base;
    this.space = space;
    this.plan = plan;
    this.study = study;
    this.trials = trials;
    this.watch = watch;
    this.parallel = parallel;
    this.limit = limit;
    this.gate = new MemoryGate(limit);
  }

  /** Trains these trials; false if it was asked to stop. */
  boolean train(List<Integer> arms, Optional<Integer> epochs) {
    try (var threads = Executors.newFixedThreadPool(parallel)) {
      var futures = new ArrayList<Future<?>>();
      for (int trial : arms) {
        var recipe = recipe(trial, epochs);
        if (!trials.has(trial, recipe.training().epochs())) {
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
    return !watch.stop.getAsBoolean();
  }

  private Recipe.Training recipe(int trial, Optional<Integer> epochs) {
    var recipe = space.recipe(plan.get(trial - 1));
    return epochs.map(count -> recipe.with(recipe.training().with(count))).orElse(recipe);
  }

  private Void train(int trial, Recipe.Training recipe) throws InterruptedException {
    if (watch.stop.getAsBoolean()) {
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
        var outcome = run.fit(Progress.none(), watch.stop);
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
      int trial, Recipe.Training recipe, Map<String, Object> values, TrainingRun.Outcome outcome) {
    var counts = outcome.counts().orElseThrow();
    var validation = counts.validation().orElseThrow();
    return new SearchResult(
        trial,
        recipe.training().epochs(),
        values,
        Optional.of(validation.metric(trials.measure())),
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
    watch.writer.append(Search.TRIALS, result.line());
    trials.add(result);
    watch.each.accept(result);
    watch.bar.step(
        trials.finished(),
        trials.best().stream()
            .map(score -> new Field("best " + study.metric(), score))
            .toArray(Field[]::new));
  }
}
