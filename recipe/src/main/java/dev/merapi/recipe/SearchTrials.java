package dev.merapi.recipe;

import dev.merapi.train.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The finished trainings of a search, and their order. For several threads. */
final class SearchTrials {
  private final Optional<Metric> metric;
  private final boolean halved;
  private final Map<Key, SearchResult> finished = new ConcurrentHashMap<>();

  private record Key(int trial, int epochs) {}

  /**
   * None yet.
   *
   * @param metric by which they are ranked; empty for the loss
   * @param halved whether those that were trained for longer are better
   */
  SearchTrials(Optional<Metric> metric, boolean halved) {
    this.metric = metric;
    this.halved = halved;
  }

  void add(SearchResult result) {
    finished.put(new Key(result.trial(), result.epochs()), result);
  }

  boolean has(int trial, int epochs) {
    return finished.containsKey(new Key(trial, epochs));
  }

  /** How many trainings there are. */
  int finished() {
    return finished.size();
  }

  /** The name of what ranks them. */
  String measure() {
    return metric.map(Metric::name).orElse("loss");
  }

  boolean greatestIsBest() {
    return metric.map(Metric::greatestIsBest).orElse(false);
  }

  /** The best score of all. */
  Optional<Double> best() {
    return finished.values().stream()
        .min(Comparator.comparingDouble(this::badness))
        .flatMap(SearchResult::score);
  }

  /** The longest training of each trial, the best first. */
  List<SearchResult> ranking() {
    var longest = longest();
    return ranked(List.copyOf(longest.keySet())).stream().map(longest::get).toList();
  }

  /**
   * The trials, the best first: who got further by halving, then who has the better score, then who
   * has the smaller loss. Those that have not been trained are last.
   */
  List<Integer> ranked(List<Integer> trials) {
    var longest = longest();
    var order =
        Comparator.comparingInt((SearchResult result) -> halved ? -result.epochs() : 0)
            .thenComparingDouble(this::badness)
            .thenComparingDouble(
                result -> result.validation().getOrDefault("loss", Double.MAX_VALUE))
            .thenComparingInt(SearchResult::trial);
    var ranked = new ArrayList<>(trials);
    ranked.sort(Comparator.comparing(longest::get, Comparator.nullsLast(order)));
    return ranked;
  }

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
}
