package dev.merapi.cpu;

import dev.merapi.graph.Ints;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Kernel.ArgPool}. Windows side by side along the last axis that cover equally many places
 * at equal distances make a run, which one loop searches; padding only cuts off the first and last
 * windows, which are runs of their own.
 */
final class ArgPool {
  /** Along an axis: the first place of each window inside, and how many it has there. */
  private record Axis(Ints firsts, Ints counts, int step, int stride) {
    /**
     * @param size places of the axis
     * @param stride elements from one to the next
     */
    static Axis of(Windows windows, int size, int stride) {
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
      return new Axis(Ints.of(firsts), Ints.of(counts), windows.step(), stride);
    }

    int windows() {
      return firsts.size();
    }
  }

  /**
   * Windows side by side in a plane.
   *
   * @param place the first place of the first
   * @param stride places from one window to the next
   * @param offsets the places of a window, counted from its first
   * @param out number of the first window
   * @param count how many windows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Run(int place, int stride, int[] offsets, int out, int count) {}

  private final Kernel.ArgPool kernel;
  private final Loops loops;
  private final List<Axis> axes = new ArrayList<>();
  private final Run[] runs;
  private final int planeSize;
  private final int planeWindows;
  private final long work;

  ArgPool(Loops loops, Kernel.ArgPool kernel) {
    this.kernel = kernel;
    this.loops = loops;
    int stride = 1;
    int windows = 1;
    for (int i = kernel.windows().size() - 1; i >= 0; i--) {
      axes.addFirst(Axis.of(kernel.windows().get(i), kernel.space().get(i), stride));
      stride *= kernel.space().get(i);
      windows *= axes.getFirst().windows();
    }
    planeSize = stride;
    planeWindows = windows;
    List<Run> found = new ArrayList<>();
    addRuns(found);
    runs = found.toArray(Run[]::new);
    work = found.stream().mapToLong(run -> 20 + (long) run.count * run.offsets.length).sum();
  }

  void run(ComputePool pool, long[] buffers) {
    long end = buffers[kernel.x()] + 4L * planeSize * kernel.planes();
    Ranges.run(
        pool,
        kernel.planes(),
        work,
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            long x = buffers[kernel.x()] + 4L * planeSize * plane;
            long out = buffers[kernel.out()] + 4L * planeWindows * plane;
            for (Run run : runs) {
              long first = out + 4L * run.out;
              loops.firstGreatest(run.offsets, x, run.place, run.stride, end, first, run.count);
            }
          }
        });
  }

  /** The runs of a plane, in the order of their windows. */
  private void addRuns(List<Run> found) {
    Map<List<Integer>, int[]> offsets = new HashMap<>();
    Axis last = axes.getLast();
    int rows = last.windows() == 0 ? 0 : planeWindows / last.windows();
    for (int row = 0; row < rows; row++) {
      Integer[] counts = new Integer[axes.size()];
      int place = 0;
      int rest = row;
      for (int i = axes.size() - 2; i >= 0; i--) {
        Axis axis = axes.get(i);
        int window = rest % axis.windows();
        rest /= axis.windows();
        counts[i] = axis.counts.get(window);
        place += axis.firsts.get(window) * axis.stride;
      }
      for (int j = 0; j < last.windows(); ) {
        int count = alike(last, j);
        int stride = count > 1 ? last.firsts.get(j + 1) - last.firsts.get(j) : 1;
        counts[axes.size() - 1] = last.counts.get(j);
        int[] each = offsets.computeIfAbsent(List.of(counts), this::offsets);
        int out = row * last.windows() + j;
        found.add(new Run(place + last.firsts.get(j), stride, each, out, count));
        j += count;
      }
    }
  }

  /** How many windows from j on have the same size and distance. */
  private static int alike(Axis axis, int j) {
    int end = j + 1;
    while (end < axis.windows()
        && axis.counts.get(end) == axis.counts.get(j)
        && axis.firsts.get(end) - axis.firsts.get(end - 1)
            == axis.firsts.get(j + 1) - axis.firsts.get(j)) {
      end++;
    }
    return end - j;
  }

  /** The places of a window with so many along each axis, row-major. */
  private int[] offsets(List<Integer> counts) {
    int n = counts.stream().reduce(1, (a, b) -> a * b);
    int[] result = new int[n];
    Arrays.setAll(
        result,
        i -> {
          int rest = i;
          int offset = 0;
          for (int axis = axes.size() - 1; axis >= 0; axis--) {
            offset += rest % counts.get(axis) * axes.get(axis).step * axes.get(axis).stride;
            rest /= counts.get(axis);
          }
          return offset;
        });
    return result;
  }
}
