package dev.merapi.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that programs compute in, lent for one run. Runs take back what others gave, whatever
 * their program; one that is too small is replaced by a larger.
 */
public final class Workspace {
  private static final ConcurrentLinkedDeque<Workspace> IDLE = new ConcurrentLinkedDeque<>();
  private static final AtomicLong ALLOCATIONS = new AtomicLong();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private Workspace(long bytes) {
    ALLOCATIONS.incrementAndGet();
    segment = Storage.reserve(arena, bytes);
  }

  static Workspace take(long bytes) {
    Workspace idle = IDLE.pollFirst();
    if (idle != null && idle.segment.byteSize() >= bytes) {
      return idle;
    }
    if (idle != null) {
      idle.arena.close();
    }
    return new Workspace(Math.max(bytes + bytes / 8, 1 << 16));
  }

  void giveBack() {
    IDLE.addFirst(this);
  }

  long address() {
    return segment.address();
  }

  /** How often memory was allocated for programs since the start. */
  public static long allocations() {
    return ALLOCATIONS.get();
  }
}
