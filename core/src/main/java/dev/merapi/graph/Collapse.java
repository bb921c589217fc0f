package dev.merapi.graph;

import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.Kernel.View;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges the axes of a fused kernel that every view walks as one, so that the inner loop is as long
 * as it can be.
 */
final class Collapse {
  private Collapse() {}

  /**
   * @param cuts the space: products of the sizes behind each axis, from 1 up
   * @param columns elements of a row where that is settled, else 0
   * @param summed rows combined by sums over rows, else 0
   */
  static Kernel.Rows of(
      List<Long> cuts, long columns, long summed, boolean wholeRows, List<Instruction> code) {
    int axes = cuts.size() - 1;
    List<View> views = new ArrayList<>();
    code.forEach(
        instruction -> {
          switch (instruction) {
            case Instruction.Load(var view) -> views.add(view);
            case Instruction.Store(_, var view) -> views.add(view);
            case Instruction.ReduceColumns(_, _, var view) -> views.add(view);
            case Instruction.Constant _,
                Instruction.Unary _,
                Instruction.Binary _,
                Instruction.Where _ -> {}
            case Instruction.Cast _, Instruction.ReduceRow _ -> {}
          }
        });
    // Axes from the innermost out; each kept axis by its first (innermost) and the size that it has
    // grown to.
    List<Integer> firsts = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < axes; i++) { // the axis between cuts i and i + 1
      long size = cuts.get(i + 1) / cuts.get(i);
      boolean edge = cuts.get(i) == columns || (summed > 0 && cuts.get(i) == columns * summed);
      int axis = axes - 1 - i;
      if (!firsts.isEmpty() && !edge && merges(views, axis, firsts.getLast(), sizes.getLast())) {
        sizes.set(sizes.size() - 1, sizes.getLast() * size);
      } else {
        firsts.add(axis);
        sizes.add(size);
      }
    }
    boolean rowOfOne = columns == 1 || firsts.isEmpty(); // the inner axis has size 1
    int inner = rowOfOne ? 1 : Math.toIntExact(sizes.getFirst());
    List<Integer> kept = new ArrayList<>();
    List<Integer> outer = new ArrayList<>();
    long behind = columns;
    int combined = 0;
    for (int i = rowOfOne ? 0 : 1; i < firsts.size(); i++) {
      kept.addFirst(firsts.get(i));
      outer.addFirst(Math.toIntExact(sizes.get(i)));
      combined += summed > 0 && behind < columns * summed ? 1 : 0;
      behind *= sizes.get(i);
    }
    int innerAxis = rowOfOne ? -1 : firsts.getFirst();
    List<Instruction> moved =
        code.stream().map(instruction -> over(instruction, kept, innerAxis)).toList();
    return new Kernel.Rows(outer, inner, combined, wholeRows, moved);
  }

  private static boolean merges(List<View> views, int axis, int inner, long size) {
    return views.stream()
        .allMatch(view -> view.strides().get(axis) == view.strides().get(inner) * size);
  }

  private static Instruction over(Instruction instruction, List<Integer> kept, int inner) {
    return switch (instruction) {
      case Instruction.Load(var view) -> new Instruction.Load(over(view, kept, inner));
      case Instruction.Store(int x, var view) -> new Instruction.Store(x, over(view, kept, inner));
      case Instruction.ReduceColumns(var kind, int x, var view) ->
          new Instruction.ReduceColumns(kind, x, over(view, kept, inner));
      case Instruction.Constant _, Instruction.Unary _, Instruction.Binary _, Instruction.Where _ ->
          instruction;
      case Instruction.Cast _, Instruction.ReduceRow _ -> instruction;
    };
  }

  private static View over(View view, List<Integer> kept, int inner) {
    List<Long> strides = new ArrayList<>();
    kept.forEach(axis -> strides.add(view.strides().get(axis)));
    strides.add(inner < 0 ? 0 : view.strides().get(inner));
    return new View(view.buffer(), view.dtype(), view.offset(), strides);
  }
}
