package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Nodes that run as one kernel: a single op with a kernel of its own, or a fused group of
 * element-wise ops and reductions.
 */
final class Unit {
  /** More members than this and a group's values no longer stay in cache. */
  private static final int MEMBERS = 48;

  /** Whether a member has one element for each of the group's, or one a row. */
  enum Level {
    FULL,
    ROW,
    /** A sum over rows: written when the group is done, read by none of its members. */
    COLUMNS
  }

  /** The members, users before what they use. */
  final List<Tensor> members = new ArrayList<>();

  final Map<Tensor, Level> levels = new HashMap<>();

  /** Units that have to run earlier. */
  final Set<Unit> before = new LinkedHashSet<>();

  final boolean fused;

  /** Elements of a full member. */
  long elements;

  /** Elements of a row, where that is settled; else 0. */
  long columns;

  /** Rows that a sum over rows combines; 0 where there is none. */
  long summed;

  /** The product or convolution that this group finishes as its epilogue. */
  Tensor contraction;

  private final Legal legal;
  private SortedSet<Long> cuts = new TreeSet<>();

  Unit(Tensor node, Legal legal, boolean fused) {
    this.legal = legal;
    this.fused = fused;
    this.elements = node.shape().elements();
    Level level = Level.FULL;
    if (node.op() instanceof ReductionOp.Reduce(_, var x, var axes)) {
      this.elements = x.shape().elements();
      long behind = x.shape().slice(axes.get(axes.size() - 1) + 1, x.shape().rank()).elements();
      long reduced = elements / node.shape().elements();
      level = behind > 1 ? Level.COLUMNS : Level.ROW;
      this.columns = behind > 1 ? behind : reduced;
      this.summed = behind > 1 ? reduced : 0;
    }
    cuts.add(1L);
    cuts.add(elements);
    add(node, level, columns);
  }

  List<Long> cuts() {
    return List.copyOf(cuts);
  }

  /** The level at which a member reads its inputs. */
  Level reads(Tensor member) {
    return member.op() instanceof ReductionOp.Reduce ? Level.FULL : levels.get(member);
  }

  private void add(Tensor node, Level level, long columns) {
    this.columns = columns;
    members.add(node);
    levels.put(node, level);
    cuts = cutsWith(node, level, columns);
  }

  /** Where the space is cut once a node is in. */
  private SortedSet<Long> cutsWith(Tensor node, Level level, long columns) {
    var all = new TreeSet<>(cuts);
    if (columns > 0) {
      all.add(columns);
    }
    if (summed > 0) {
      all.add(summed * columns);
    }
    boolean row = level == Level.ROW && !(node.op() instanceof ReductionOp.Reduce);
    for (Tensor input : node.op().inputs()) {
      Strided view = legal.view(input);
      if (!view.inOrder()) {
        all.addAll(Walked.cuts(view, row ? columns : 1));
      }
    }
    return all;
  }

  /** Takes a node in whose users are members, if its value can be handed to them in registers. */
  boolean join(Tensor node, List<Tensor> users) {
    if (!fused || members.size() >= MEMBERS) {
      return false;
    }
    Level level = null;
    long width = columns;
    for (Tensor user : users) {
      for (Tensor input : user.op().inputs()) {
        Strided view = legal.view(input);
        if (!view.base().equals(node)) {
          continue;
        }
        Level reader = reads(user);
        Level as = level(node, view, reader);
        long repeats = as == Level.ROW && reader == Level.FULL ? view.repeats() : width;
        if (as == null || (level != null && level != as) || (width > 0 && repeats != width)) {
          return false;
        }
        level = as;
        width = repeats;
      }
    }
    return level != null && admit(node, level, width);
  }

  /**
   * The level that a node takes by being read so, or null where its elements would have to move.
   */
  private Level level(Tensor node, Strided view, Level reader) {
    long own = node.shape().elements();
    if (view.inOrder() && view.shape().elements() == own) {
      return reader;
    }
    long repeats = view.repeats();
    boolean broadcast = reader == Level.FULL && repeats > 1 && repeats <= Kernel.Rows.LONGEST;
    return broadcast && own * repeats == elements && view.shape().elements() == elements
        ? Level.ROW
        : null;
  }

  private boolean admit(Tensor node, Level level, long width) {
    if (node.op() instanceof ReductionOp.Reduce) {
      long reduced = node.op().inputs().getFirst().shape().elements() / node.shape().elements();
      long behind = behind(node);
      if (behind > 1) {
        return false;
      }
      if (level == Level.FULL) {
        return lower(node, reduced);
      }
      if (width != reduced || reduced > Kernel.Rows.LONGEST) {
        return false;
      }
    }
    if (!fits(node, level, width) || !Walked.chain(cutsWith(node, level, width))) {
      return false;
    }
    add(node, level, width);
    return true;
  }

  private static long behind(Tensor reduce) {
    var op = (ReductionOp.Reduce) reduce.op();
    return op.x()
        .shape()
        .slice(op.axes().get(op.axes().size() - 1) + 1, op.x().shape().rank())
        .elements();
  }

  /**
   * Makes every member a row value, so that the group goes on behind a reduction of long enough
   * rows.
   */
  private boolean lower(Tensor node, long reduced) {
    if (columns > 0 || summed > 0 || contraction != null || reduced < 16) {
      return false;
    }
    for (Tensor member : members) {
      levels.put(member, Level.ROW);
    }
    elements *= reduced;
    var scaled = new TreeSet<Long>();
    cuts.forEach(cut -> scaled.add(cut * reduced));
    scaled.add(1L);
    cuts = scaled;
    add(node, Level.ROW, reduced);
    return true;
  }

  /** Whether rows of this width are one run in everything that the full members read. */
  private boolean fits(Tensor node, Level level, long width) {
    if (width == 0) {
      return true;
    }
    if (width != columns && !rowsFit(width)) {
      return false;
    }
    return (level == Level.ROW && !(node.op() instanceof ReductionOp.Reduce))
        || oneRun(node, width);
  }

  boolean rowsFit(long width) {
    for (Tensor member : members) {
      if (reads(member) == Level.FULL && !oneRun(member, width)) {
        return false;
      }
    }
    var all = new TreeSet<>(cuts);
    all.add(width);
    return Walked.chain(all);
  }

  private boolean oneRun(Tensor node, long width) {
    for (Tensor input : node.op().inputs()) {
      Strided view = legal.view(input);
      if (!view.inOrder() && !Walked.oneRun(view, width)) {
        return false;
      }
    }
    return true;
  }

  /** Settles the rows of a group that becomes an epilogue. */
  void finish(Tensor contraction, long width) {
    this.contraction = contraction;
    this.columns = width;
    cuts.add(width);
  }

  boolean reduces() {
    return members.stream().anyMatch(member -> member.op() instanceof ReductionOp.Reduce);
  }

  /** Takes in all that another group does, over the same elements; neither may need the other. */
  boolean absorb(Unit other) {
    var all = new TreeSet<>(cuts);
    all.addAll(other.cuts);
    if (elements != other.elements
        || columns != other.columns
        || summed + other.summed > 0
        || members.size() + other.members.size() > MEMBERS
        || !Collections.disjoint(members, other.members)
        || !Walked.chain(all)
        || dependsOn(other)
        || other.dependsOn(this)) {
      return false;
    }
    members.addAll(0, other.members);
    levels.putAll(other.levels);
    before.addAll(other.before);
    cuts = all;
    return true;
  }

  /** Whether another unit has to run before this one. */
  boolean dependsOn(Unit other) {
    Set<Unit> seen = new HashSet<>();
    var stack = new ArrayDeque<Unit>();
    stack.push(this);
    while (!stack.isEmpty()) {
      for (Unit unit : stack.pop().before) {
        if (unit == other) {
          return true;
        }
        if (seen.add(unit)) {
          stack.push(unit);
        }
      }
    }
    return false;
  }
}
