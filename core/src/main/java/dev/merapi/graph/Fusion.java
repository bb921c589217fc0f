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
 * Cuts a legal graph into units. Walking from the results back, each element-wise node or reduction
 * joins the group of its users where its value can stay in registers and no unit would have to wait
 * for itself; what is read elsewhere is stored besides.
 */
final class Fusion {
  final Legal legal;

  /** Which unit computes a node. */
  final Map<Tensor, Unit> unitOf = new HashMap<>();

  /** Nodes whose elements are written to memory. */
  final Set<Tensor> stored = new LinkedHashSet<>();

  private final List<Tensor> order;
  private final Map<Tensor, List<Tensor>> users = new HashMap<>();

  Fusion(Legal legal) {
    this.legal = legal;
    this.order = Walk.inOrder(legal.roots);
    Set<Tensor> roots = new HashSet<>(legal.roots);
    for (Tensor node : order) {
      if (Legal.isKernel(node.op())) {
        for (Tensor input : node.op().inputs()) {
          Tensor base = legal.view(input).base();
          List<Tensor> list = users.computeIfAbsent(base, _ -> new ArrayList<>());
          if (list.isEmpty() || !list.getLast().equals(node)) {
            list.add(node);
          }
        }
      }
    }
    for (Tensor node : order.reversed()) {
      if (Legal.isKernel(node.op()) && node.shape().elements() > 0) {
        place(node, roots.contains(node));
      }
    }
    order.forEach(this::finish);
  }

  static boolean fuses(Op op) {
    return op instanceof Op.Unary
        || op instanceof Op.Binary
        || op instanceof Op.Where
        || op instanceof Op.Cast
        || op instanceof Op.Detach
        || op instanceof Op.Reduce;
  }

  /** The kernels' nodes that read a node, through whatever view. */
  List<Tensor> usersOf(Tensor node) {
    return users.getOrDefault(node, List.of());
  }

  /** The kernels' nodes that read the input of a slot. */
  List<Tensor> usersOf(int slot) {
    return users.entrySet().stream()
        .filter(entry -> entry.getKey().op() instanceof Op.Input input && input.slot() == slot)
        .flatMap(entry -> entry.getValue().stream())
        .filter(unitOf::containsKey)
        .toList();
  }

  private void place(Tensor node, boolean root) {
    Set<Unit> readers = new LinkedHashSet<>();
    usersOf(node).stream().map(unitOf::get).filter(unit -> unit != null).forEach(readers::add);
    Unit home = fuses(node.op()) ? find(node, readers) : new Unit(node, legal, false);
    unitOf.put(node, home);
    for (Unit reader : readers) {
      if (reader != home) {
        reader.before.add(home);
      }
    }
    if (root || readers.stream().anyMatch(reader -> reader != home)) {
      stored.add(node);
    }
  }

  private Unit find(Tensor node, Set<Unit> readers) {
    for (Unit unit : readers) {
      List<Tensor> inside =
          usersOf(node).stream().filter(user -> unitOf.get(user) == unit).toList();
      if (unit.fused && free(unit, readers) && unit.join(node, inside)) {
        return unit;
      }
    }
    return new Unit(node, legal, true);
  }

  /** Whether no other reader would have to run before the unit that is to compute for it. */
  private static boolean free(Unit unit, Set<Unit> readers) {
    return readers.stream().allMatch(reader -> reader == unit || !unit.dependsOn(reader));
  }

  /** Lets the one group that reads a product or convolution ride on its store. */
  private void finish(Tensor node) {
    boolean matmul = node.op() instanceof Op.MatMul;
    if (!(matmul || node.op() instanceof Op.Conv)
        || !unitOf.containsKey(node)
        || legal.roots.contains(node)) {
      return;
    }
    Set<Unit> readers = new HashSet<>();
    usersOf(node).stream().map(unitOf::get).filter(unit -> unit != null).forEach(readers::add);
    long width =
        matmul ? node.shape().size(-1) : node.shape().slice(2, node.shape().rank()).elements();
    Unit unit = readers.size() == 1 ? readers.iterator().next() : unitOf.get(node);
    if (!unit.fused
        || unit.contraction != null
        || unit.columns > 0
        || unit.reduces()
        || unit.elements != node.shape().elements()
        || !readInOrder(node, unit)
        || !unit.rowsFit(width)) {
      return;
    }
    Unit single = unitOf.get(node);
    unit.finish(node, width);
    unit.before.remove(single);
    unit.before.addAll(single.before);
    unitOf.put(node, unit);
    stored.remove(node);
  }

  private boolean readInOrder(Tensor node, Unit unit) {
    for (Tensor user : usersOf(node)) {
      for (Tensor input : user.op().inputs()) {
        Strided view = legal.view(input);
        boolean whole = view.inOrder() && view.shape().elements() == node.shape().elements();
        if (view.base().equals(node) && (!whole || unit.levels.get(user) != Unit.Level.FULL)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The units in an order in which they can run, early nodes first. */
  List<Unit> schedule() {
    Map<Unit, Integer> place = new HashMap<>();
    Map<Unit, Integer> waiting = new HashMap<>();
    Map<Unit, List<Unit>> after = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      Unit unit = unitOf.get(order.get(i));
      if (unit != null) {
        place.put(unit, i);
      }
    }
    PriorityQueue<Unit> ready =
        new PriorityQueue<>((a, b) -> Integer.compare(place.get(a), place.get(b)));
    for (Unit unit : place.keySet()) {
      waiting.put(unit, unit.before.size());
      unit.before.forEach(
          earlier -> after.computeIfAbsent(earlier, _ -> new ArrayList<>()).add(unit));
      if (unit.before.isEmpty()) {
        ready.add(unit);
      }
    }
    List<Unit> schedule = new ArrayList<>();
    while (!ready.isEmpty()) {
      Unit unit = ready.poll();
      schedule.add(unit);
      for (Unit later : after.getOrDefault(unit, List.of())) {
        if (waiting.merge(later, -1, Integer::sum) == 0) {
          ready.add(later);
        }
      }
    }
    if (schedule.size() != place.size()) {
      throw new IllegalStateException("units wait for one another; this is a bug of Merapi");
    }
    return schedule;
  }
}
