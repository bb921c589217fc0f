package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A view's elements as f32: where they lie, or, of bf16, widened to memory of their own with the
 * same strides.
 *
 * @param first number of the first element that the view sees
 * @param count from there to behind the last one
 */
record FloatView(
    ComputePool pool, Loops loops, Kernel.View view, long first, long count, Memories memories) {
  /** Elements of a task. */
  private static final int GRAIN = 1 << 15;

  static FloatView of(ComputePool pool, Loops loops, Kernel.View view, List<Integer> sizes) {
    long first = view.offset();
    long last = view.offset();
    boolean empty = false;
    for (int axis = 0; axis < sizes.size(); axis++) {
      long reach = (sizes.get(axis) - 1L) * view.strides().get(axis);
      first += Math.min(0, reach);
      last += Math.max(0, reach);
      empty |= sizes.get(axis) == 0;
    }
    long count = empty ? 0 : last + 1 - first;
    long bytes = view.dtype() == DType.F32 ? 0 : 4 * count;
    return new FloatView(pool, loops, view, first, count, new Memories(bytes));
  }

  /** Contiguous elements. */
  static FloatView of(ComputePool pool, Loops loops, int buffer, DType dtype, long elements) {
    var memories = new Memories(dtype == DType.F32 ? 0 : 4 * elements);
    var view = new Kernel.View(buffer, dtype, 0, List.of());
    return new FloatView(pool, loops, view, 0, elements, memories);
  }

  /** Widens them where that is needed, until it is closed. */
  Held hold(long[] buffers) {
    long base = buffers[view.buffer()];
    if (view.dtype() == DType.F32) {
      return new Held(this, MemorySegment.NULL, base);
    }
    MemorySegment memory = memories.take();
    long from = base + first * view.dtype().bytes();
    long to = memory.address();
    pool.parallelFor(
        Math.toIntExact(Math.ceilDiv(count, GRAIN)),
        task -> {
          long start = (long) task * GRAIN;
          int elements = (int) Math.min(GRAIN, count - start);
          loops.load(view.dtype(), from + start * view.dtype().bytes(), to + 4 * start, elements);
        });
    return new Held(this, memory, to - 4 * first);
  }

  /**
   * Elements for one run.
   *
   * @param base address of the element with number 0
   */
  record Held(FloatView owner, MemorySegment memory, long base) implements AutoCloseable {
    @Override
    public void close() {
      owner.memories.give(memory);
    }
  }
}
