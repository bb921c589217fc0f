package dev.merapi.graph;

/**
 * The windows along one axis: window {@code i} covers {@code starts[i], starts[i] + step, …},
 * {@code lengths[i]} places; those outside the axis (padding) do not count.
 */
public record Windows(Ints starts, Ints lengths, int step) {

  /** Windows of one size at a fixed stride over an axis with padding on both sides. */
  public static Windows sliding(int size, int kernel, int stride, int padding, int dilation) {
    int count = Math.floorDiv(size + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
    int[] starts = new int[Math.max(count, 0)];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = i * stride - padding;
    }
    return new Windows(Ints.of(starts), Ints.fill(starts.length, kernel), dilation);
  }

  /** {@code count} windows that together cover the axis: ⌊i·size/count⌋ to ⌈(i+1)·size/count⌉. */
  public static Windows adaptive(int size, int count) {
    int[] starts = new int[count];
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      starts[i] = (int) ((long) i * size / count);
      lengths[i] = Math.ceilDiv((i + 1) * size, count) - starts[i];
    }
    return new Windows(Ints.of(starts), Ints.of(lengths), 1);
  }

  public int count() {
    return starts.size();
  }
}
