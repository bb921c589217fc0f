package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

  /** The kernels' nodes that have to wait for a node without reading it. */
  private final Map<Tensor, Set<Tensor>> waiting = new HashMap<>();

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
          awaits(node, input);
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
        || op instanceof ReductionOp.Reduce;
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

  /** Notes what the input of a kernel's node is read after. */
  private void awaits(Tensor node, Tensor input) {
    for (Tensor x = input; Legal.isMovement(x.op()); x = x.op().inputs().getFirst()) {
      if (x.op() instanceof Op.Again(_, var after)) {
        waiting.computeIfAbsent(legal.view(after).base(), _ -> new LinkedHashSet<>()).add(node);
      }
    }
  }

  private Set<Unit> units(Collection<Tensor> nodes) {
    Set<Unit> units = new LinkedHashSet<>();
    nodes.stream().map(unitOf::get).filter(unit -> unit != null).forEach(units::add);
    return units;
  }

  private void place(Tensor node, boolean root) {
    Set<Unit> readers = units(usersOf(node));
    Set<Unit> later = units(waiting.getOrDefault(node, Set.of()));
    Unit home = fuses(node.op()) ? find(node, readers, later) : new Unit(node, legal, false);
    unitOf.put(node, home);
    later.addAll(readers);
    for (Unit unit : later) {
      if (unit != home) {
        unit.before.add(home);
      }
    }
    if (root || readers.stream().anyMatch(reader -> reader != home)) {
      stored.add(node);
    }
  }

  private Unit find(Tensor node, Set<Unit> readers, Set<Unit> later) {
    for (Unit unit : readers) {
      List<Tensor> inside =
          usersOf(node).stream().filter(user -> unitOf.get(user) == unit).toList();
      if (unit.fused && free(unit, readers) && free(unit, later) && unit.join(node, inside)) {
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
    boolean matmul = node.op() instanceof ContractionOp.MatMul;
    if (!(matmul || node.op() instanceof ContractionOp.Conv)
        || !unitOf.containsKey(node)
        || legal.roots.contains(node)) {
      return;
    }
    Set<Unit> readers = units(usersOf(node));
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

  /** The units in an order in which they can run; see {@link Schedule}. */
  List<Unit> schedule() {
    Map<Unit, Integer> place = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      Unit unit = unitOf.get(order.get(i));
      if (unit != null) {
        place.put(unit, i);
      }
    }
    return new Schedule(place, this).units();
  }
}
