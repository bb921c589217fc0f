package dev.merapi.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Places buffers in one stretch of memory so that no two that are alive at the same time overlap:
 * the largest first, each at the lowest place that is free for its whole life.
 */
record MemoryPlan(List<Long> offsets, long bytes) {
  private static final long ALIGNMENT = 64;

  static MemoryPlan of(List<Lowering.Buffer> buffers) {
    long[] offsets = new long[buffers.size()];
    List<Integer> bySize = new ArrayList<>();
    for (int i = 0; i < buffers.size(); i++) {
      bySize.add(i);
    }
    bySize.sort((a, b) -> Long.compare(buffers.get(b).bytes(), buffers.get(a).bytes()));
    List<Integer> placed = new ArrayList<>(); // by offset
    long total = 0;
    for (int i : bySize) {
      Lowering.Buffer buffer = buffers.get(i);
      long size = aligned(buffer.bytes());
      long offset = 0;
      for (int other : placed) {
        Lowering.Buffer there = buffers.get(other);
        boolean together = there.first() <= buffer.last() && buffer.first() <= there.last();
        if (together
            && offset < offsets[other] + aligned(there.bytes())
            && offsets[other] < offset + size) {
          offset = offsets[other] + aligned(there.bytes());
        }
      }
      offsets[i] = offset;
      total = Math.max(total, offset + size);
      int place = 0;
      while (place < placed.size() && offsets[placed.get(place)] <= offset) {
        place++;
      }
      placed.add(place, i);
    }
    return new MemoryPlan(Arrays.stream(offsets).boxed().toList(), total);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
