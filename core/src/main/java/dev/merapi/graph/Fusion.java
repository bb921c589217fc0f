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

  /** Which unit computes a node, for itself and for all that read it from memory. */
  final Map<Tensor, Unit> unitOf = new HashMap<>();

  /** Units that compute a node for themselves rather than read it. */
  private final Map<Tensor, Set<Unit>> copies = new HashMap<>();

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
    for (Tensor node : nodes) {
      if (unitOf.containsKey(node)) {
        units.add(unitOf.get(node));
        units.addAll(copies.getOrDefault(node, Set.of()));
      }
    }
    return units;
  }

  /** The nodes that read a node as members of a unit. */
  private List<Tensor> usersIn(Unit unit, Tensor node) {
    return usersOf(node).stream().filter(unit.levels::containsKey).toList();
  }

  /** What a unit writes to memory. */
  List<Tensor> stores(Unit unit) {
    return unit.members.stream()
        .filter(member -> stored.contains(member) && unitOf.get(member) == unit)
        .toList();
  }

  private void place(Tensor node, boolean root) {
    unite(node);
    Set<Unit> readers = units(usersOf(node));
    Set<Unit> later = units(waiting.getOrDefault(node, Set.of()));
    Unit home = fuses(node.op()) ? find(node, readers, later) : new Unit(node, legal, false);
    unitOf.put(node, home);
    for (Unit reader : readers) {
      if (reader != home && (root || readers.contains(home)) && copied(node, reader)) {
        copies.computeIfAbsent(node, _ -> new LinkedHashSet<>()).add(reader);
      }
    }
    readers.removeAll(copies.getOrDefault(node, Set.of()));
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
      if (unit.fused
          && free(unit, readers)
          && free(unit, later)
          && unit.join(node, usersIn(unit, node))) {
        return unit;
      }
    }
    return new Unit(node, legal, true);
  }

  /** Makes one unit of those that read a node element by element, so that it is read once. */
  private void unite(Tensor node) {
    List<Unit> readers = new ArrayList<>(units(usersOf(node)));
    readers.removeIf(unit -> !unit.fused || !readsElements(unit, node));
    for (int i = 0; i < readers.size(); i++) {
      Unit unit = readers.get(i);
      for (Unit other : List.copyOf(readers.subList(i + 1, readers.size()))) {
        if (contractions(unit).containsAll(contractions(other)) && unit.absorb(other)) {
          readers.remove(other);
          other.members.forEach(member -> unitOf.replace(member, other, unit));
          copies.values().forEach(units -> replace(units, other, unit));
          Set.copyOf(unitOf.values()).forEach(later -> replace(later.before, other, unit));
        }
      }
    }
  }

  private static void replace(Set<Unit> units, Unit before, Unit now) {
    if (units.remove(before)) {
      units.add(now);
    }
  }

  private boolean readsElements(Unit unit, Tensor node) {
    return usersIn(unit, node).stream().allMatch(user -> readsInOrder(user, node, unit));
  }

  /** The products and convolutions that a unit reads, on whose store it may come to ride. */
  private Set<Tensor> contractions(Unit unit) {
    Set<Tensor> read = new HashSet<>();
    for (Tensor member : unit.members) {
      for (Tensor input : member.op().inputs()) {
        Tensor base = legal.view(input).base();
        if (base.op() instanceof ContractionOp) {
          read.add(base);
        }
      }
    }
    return read;
  }

  /** Lets a unit compute a node itself, where that is quicker than to read it. */
  private boolean copied(Tensor node, Unit reader) {
    return reader.fused
        && isCheap(node.op())
        && node.op().inputs().stream().allMatch(input -> isAtHand(input, node, reader))
        && reader.join(node, usersIn(reader, node));
  }

  /** Whether a unit reads an input of a node anyway, and the node reads it element by element. */
  private boolean isAtHand(Tensor input, Tensor node, Unit reader) {
    Strided view = legal.view(input);
    Tensor base = view.base();
    boolean whole = view.inOrder() && base.shape().elements() == node.shape().elements();
    return base.op() instanceof Op.Constant || (whole && !usersIn(reader, base).isEmpty());
  }

  private static boolean isCheap(Op op) {
    return switch (op) {
      case Op.Binary(var kind, _, _) -> kind != BinaryKind.POW && kind != BinaryKind.REM;
      case Op.Where _, Op.Cast _ -> true;
      default -> false;
    };
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
        || !usersOf(node).stream().allMatch(user -> readsInOrder(user, node, unit))
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

  /** Whether a member reads a node element by element, just where its unit is. */
  private boolean readsInOrder(Tensor user, Tensor node, Unit unit) {
    for (Tensor input : user.op().inputs()) {
      Strided view = legal.view(input);
      boolean whole = view.inOrder() && view.shape().elements() == node.shape().elements();
      if (view.base().equals(node) && (!whole || unit.levels.get(user) != Unit.Level.FULL)) {
        return false;
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
