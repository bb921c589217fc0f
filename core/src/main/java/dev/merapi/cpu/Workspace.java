package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of one thread that a task may use until it ends. It grows to what was wanted most. */
final class Workspace {
  private static final ThreadLocal<Workspace> LOCAL = ThreadLocal.withInitial(Workspace::new);

  private MemorySegment memory = MemorySegment.NULL;
  private long[] longs = {};
  private final MemorySegment pad = Memory.allocate(Arena.ofAuto(), Memory.ALIGNMENT);

  private Workspace() {}

  static Workspace local() {
    return LOCAL.get();
  }

  /** The address of so many bytes, on a boundary of 64. */
  long memory(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = Memory.allocate(Arena.ofAuto(), Math.max(bytes, 2 * memory.byteSize()));
    }
    return memory.address();
  }

  /** The address of one vector; not a part of {@link #memory}. */
  long pad() {
    return pad.address();
  }

  /** At least so many numbers. */
  long[] longs(int n) {
    if (longs.length < n) {
      longs = new long[Math.max(n, 2 * longs.length)];
    }
    return longs;
  }
}
