package dev.merapi.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of one thread for the length of a task; it grows to what was wanted most. */
final class Scratch {
  private static final ThreadLocal<Scratch> TASK = ThreadLocal.withInitial(Scratch::new);
  private static final ThreadLocal<Scratch> RUN = ThreadLocal.withInitial(Scratch::new);
  private static final long LINE = 64;

  private MemorySegment memory = MemorySegment.NULL;

  private Scratch() {}

  /** For a task. */
  static long task(long bytes) {
    return TASK.get().atLeast(bytes);
  }

  /** For a whole run, of the thread that began it. */
  static long run(long bytes) {
    return RUN.get().atLeast(bytes);
  }

  /** Rounded up to whole cache lines. */
  static long lines(long bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
  }

  private long atLeast(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, LINE);
    }
    return memory.address();
  }
}
