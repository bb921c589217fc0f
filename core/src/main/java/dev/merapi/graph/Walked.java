package dev.merapi.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Iteration spaces of fused kernels. All members of a kernel number their elements alike,
 * row-major, whatever their shapes; a space is the set of places where some member's axes part, as
 * products of the sizes behind them, from 1 to the number of elements.
 */
final class Walked {
  private Walked() {}

  /** Where the axes of a view part, with {@code columns} more elements behind each of its own. */
  static List<Long> cuts(Strided view, long columns) {
    List<Long> cuts = new ArrayList<>();
    long behind = columns;
    cuts.add(behind);
    for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
      behind *= view.shape().size(axis);
      cuts.add(behind);
    }
    return cuts;
  }

  /** Whether the cuts, in order, divide one another, so that one set of axes serves all. */
  static boolean chain(Collection<Long> cuts) {
    long before = 1;
    for (long cut : new TreeSet<>(cuts)) {
      if (cut % before != 0) {
        return false;
      }
      before = cut;
    }
    return true;
  }

  /** Whether the last {@code columns} elements of a view lie at one stride. */
  static boolean oneRun(Strided view, long columns) {
    long behind = 1;
    long stride = -1;
    for (int axis = view.shape().rank() - 1; axis >= 0 && behind < columns; axis--) {
      int size = view.shape().size(axis);
      if (size == 1) {
        continue;
      }
      long own = view.strides().get(axis);
      if (stride >= 0 && own != stride * behind) {
        return false;
      }
      stride = stride >= 0 ? stride : own;
      if (own < 0) {
        return size >= columns && behind == 1 && columns % size == 0;
      }
      behind *= size;
    }
    return behind == columns || behind % columns == 0;
  }

  /** The stride of a view along each space between neighbouring cuts, outermost first. */
  static List<Long> strides(Strided view, List<Long> cuts, long columns) {
    List<Long> strides = new ArrayList<>();
    for (int i = cuts.size() - 2; i >= 0; i--) {
      strides.add(stride(view, cuts.get(i), columns));
    }
    return strides;
  }

  private static long stride(Strided view, long cut, long columns) {
    if (cut < columns) {
      return 0;
    }
    long behind = columns;
    for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
      int size = view.shape().size(axis);
      if (size != 1 && cut < behind * size) {
        return view.strides().get(axis) * (cut / behind);
      }
      behind *= size;
    }
    return 0;
  }
}
