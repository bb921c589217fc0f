package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Pieces of memory of one size, one for each run that is under way; kept for the next ones. A piece
 * that is never given back is the collector's.
 */
final class Memories {
  private final long bytes;
  private final Deque<MemorySegment> free = new ArrayDeque<>();

  Memories(long bytes) {
    this.bytes = bytes;
  }

  /** Memory on a boundary of 64 bytes, with what an earlier run left in it. */
  MemorySegment take() {
    if (bytes == 0) {
      return MemorySegment.NULL;
    }
    synchronized (free) {
      if (!free.isEmpty()) {
        return free.pop();
      }
    }
    return Memory.allocate(Arena.ofAuto(), bytes);
  }

  void give(MemorySegment memory) {
    if (bytes != 0) {
      synchronized (free) {
        free.push(memory);
      }
    }
  }
}
