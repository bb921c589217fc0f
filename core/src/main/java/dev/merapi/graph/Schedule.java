package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The order in which units run: each after those it waits for, and of those that could run, first
 * one that gives back at least as much memory as it takes (the gradient of a weight, say, where
 * nobody else needs the activations any more), then the one whose nodes come early in the graph.
 */
final class Schedule {
  private final Map<Unit, Integer> place;
  private final Fusion fusion;
  private final Set<Tensor> roots;

  /** The units that still have to read a node. */
  private final Map<Tensor, Set<Unit>> readers = new HashMap<>();

  /** What a unit reads of others. */
  private final Map<Unit, Set<Tensor>> reads = new HashMap<>();

  /** Bytes that are free after a unit, less those that are taken by it. */
  private final Map<Unit, Long> gain = new HashMap<>();

  private final Set<Unit> waiting = new HashSet<>(); // in the queue
  private final PriorityQueue<Unit> queue = new PriorityQueue<>(this::compare);

  /**
   * @param place of each unit's last node in the graph
   */
  Schedule(Map<Unit, Integer> place, Fusion fusion) {
    this.place = place;
    this.fusion = fusion;
    this.roots = new HashSet<>(fusion.legal.roots);
    fusion.unitOf.forEach(this::note);
    readers.forEach(this::frees);
  }

  private static long bytes(Tensor node) {
    return node.shape().elements() * node.dtype().bytes();
  }

  private void note(Tensor node, Unit unit) {
    gain.merge(unit, fusion.stored.contains(node) ? -bytes(node) : 0, Long::sum);
    for (Tensor input : node.op().inputs()) {
      Tensor base = fusion.legal.view(input).base();
      Unit home = fusion.unitOf.get(base);
      if (home != null && home != unit) {
        readers.computeIfAbsent(base, _ -> new HashSet<>()).add(unit);
        reads.computeIfAbsent(unit, _ -> new LinkedHashSet<>()).add(base);
      }
    }
  }

  /** The last reader of a node frees it. */
  private void frees(Tensor node, Set<Unit> left) {
    if (left.size() == 1 && !roots.contains(node)) {
      Unit last = left.iterator().next();
      boolean queued = waiting.contains(last);
      if (queued) {
        queue.remove(last);
      }
      gain.merge(last, bytes(node), Long::sum);
      if (queued) {
        queue.add(last);
      }
    }
  }

  private int compare(Unit a, Unit b) {
    int byMemory = Boolean.compare(gain.get(b) >= 0, gain.get(a) >= 0);
    return byMemory != 0 ? byMemory : Integer.compare(place.get(a), place.get(b));
  }

  private void ready(Unit unit) {
    waiting.add(unit);
    queue.add(unit);
  }

  List<Unit> units() {
    Map<Unit, Integer> missing = new HashMap<>();
    Map<Unit, List<Unit>> after = new HashMap<>();
    for (Unit unit : place.keySet()) {
      missing.put(unit, unit.before.size());
      unit.before.forEach(
          earlier -> after.computeIfAbsent(earlier, _ -> new ArrayList<>()).add(unit));
      if (unit.before.isEmpty()) {
        ready(unit);
      }
    }
    List<Unit> order = new ArrayList<>();
    while (!queue.isEmpty()) {
      Unit unit = queue.poll();
      waiting.remove(unit);
      order.add(unit);
      for (Tensor node : reads.getOrDefault(unit, Set.of())) {
        Set<Unit> left = readers.get(node);
        left.remove(unit);
        frees(node, left);
      }
      for (Unit later : after.getOrDefault(unit, List.of())) {
        if (missing.merge(later, -1, Integer::sum) == 0) {
          ready(later);
        }
      }
    }
    if (order.size() != place.size()) {
      throw new IllegalStateException("units wait for one another; this is a bug of Merapi");
    }
    return order;
  }
}
