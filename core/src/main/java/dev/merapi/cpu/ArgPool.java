package dev.merapi.cpu;

import dev.merapi.graph.Ints;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Windows;
import java.util.Arrays;

/** {@link Kernel.ArgPool}: the windows of each plane one after another. */
final class ArgPool {
  /** Along an axis: the first place of each window inside, and how many it has there. */
  private record Axis(Ints firsts, Ints counts, int step, int size) {
    static Axis of(Windows windows, int size) {
      int n = windows.count();
      int[] firsts = new int[n];
      int[] counts = new int[n];
      for (int i = 0; i < n; i++) {
        int start = windows.starts().get(i);
        int skipped = start < 0 ? Math.ceilDiv(-start, windows.step()) : 0;
        firsts[i] = start + skipped * windows.step();
        int room = Math.ceilDiv(Math.max(0, size - firsts[i]), windows.step());
        counts[i] = Math.clamp(windows.lengths().get(i) - skipped, 0, room);
      }
      return new Axis(Ints.of(firsts), Ints.of(counts), windows.step(), size);
    }

    int windows() {
      return firsts.size();
    }
  }

  private final Kernel.ArgPool kernel;

  /** Axes before the last two, which have loops of their own. */
  private final Axis[] leading;

  private final Axis rows;
  private final Axis columns;
  private final int planeSize;
  private final int planeWindows;
  private final int leadingWindows;

  ArgPool(Kernel.ArgPool kernel) {
    this.kernel = kernel;
    int axes = kernel.windows().size();
    var all = new Axis[axes];
    int size = 1;
    int windows = 1;
    for (int i = 0; i < axes; i++) {
      all[i] = Axis.of(kernel.windows().get(i), kernel.space().get(i));
      size *= all[i].size();
      windows *= all[i].windows();
    }
    var single = Axis.of(Windows.sliding(1, 1, 1, 0, 1), 1);
    columns = axes > 0 ? all[axes - 1] : single;
    rows = axes > 1 ? all[axes - 2] : single;
    leading = Arrays.copyOf(all, Math.max(0, axes - 2));
    planeSize = size;
    planeWindows = windows;
    leadingWindows = Arrays.stream(leading).mapToInt(Axis::windows).reduce(1, (a, b) -> a * b);
  }

  void run(ComputePool pool, long[] buffers) {
    long tasks = (long) kernel.planes() * leadingWindows;
    Ranges.run(
        pool,
        tasks,
        8L * planeWindows / Math.max(1, leadingWindows),
        (from, to) -> {
          for (long task = from; task < to; task++) {
            long plane = task / leadingWindows;
            int window = (int) (task % leadingWindows);
            long x = buffers[kernel.x()] + 4L * planeSize * plane;
            long out = buffers[kernel.out()] + 4L * rows.windows() * columns.windows() * task;
            if (leading.length == 0) {
              flat(x, out);
            } else {
              deep(x, out, window);
            }
          }
        });
  }

  /** Windows of one or two axes. */
  private void flat(long x, long out) {
    long to = out;
    for (int i = 0; i < rows.windows(); i++) {
      for (int j = 0; j < columns.windows(); j++) {
        int best = better(x, -1, rows.firsts().get(i) * columns.size(), i, j);
        Memory.setInt(to, best);
        to += 4;
      }
    }
  }

  /** Windows at one place of the leading axes: for each the slices in turn. */
  private void deep(long x, long out, int place) {
    int slice = rows.size() * columns.size();
    int[] counts = new int[leading.length];
    int[] index = new int[leading.length];
    int rest = place;
    int first = 0;
    int stride = slice;
    int slices = 1;
    int[] strides = new int[leading.length];
    for (int axis = leading.length - 1; axis >= 0; axis--) {
      int window = rest % leading[axis].windows();
      rest /= leading[axis].windows();
      counts[axis] = leading[axis].counts().get(window);
      first += leading[axis].firsts().get(window) * stride;
      strides[axis] = stride * leading[axis].step();
      stride *= leading[axis].size();
      slices *= counts[axis];
    }
    long to = out;
    for (int i = 0; i < rows.windows(); i++) {
      for (int j = 0; j < columns.windows(); j++) {
        int best = -1;
        Arrays.fill(index, 0);
        for (int s = 0; s < slices; s++) {
          int start = first;
          int number = s;
          for (int axis = leading.length - 1; axis >= 0; axis--) {
            start += number % counts[axis] * strides[axis];
            number /= counts[axis];
          }
          best = better(x, best, start + rows.firsts().get(i) * columns.size(), i, j);
        }
        Memory.setInt(to, best);
        to += 4;
      }
    }
  }

  /** The best so far, or a better one of the window's part that begins at a row. */
  private int better(long x, int best, int row, int i, int j) {
    float greatest = best < 0 ? Float.NEGATIVE_INFINITY : Memory.getFloat(x + 4L * best);
    int result = best;
    int start = row + columns.firsts().get(j);
    int step = columns.step();
    int down = rows.step() * columns.size();
    int end = columns.counts().get(j) * step;
    for (int r = 0; r < rows.counts().get(i); r++) {
      for (int c = 0; c < end; c += step) {
        float value = Memory.getFloat(x + 4L * (start + c));
        boolean first = result < 0;
        if (first || value > greatest || (Float.isNaN(value) && !Float.isNaN(greatest))) {
          result = start + c;
          greatest = value;
        }
      }
      start += down;
    }
    return result;
  }
}
