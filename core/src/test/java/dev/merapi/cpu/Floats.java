package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** An off-heap array of floats for a test. */
record Floats(MemorySegment segment, int count) {
  /** Numbers in [-0.5, 0.5) that depend on the seed alone. */
  static Floats random(Arena arena, int count, long seed) {
    var segment = Memory.allocate(arena, 4L * count);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble() - 0.5f);
    }
    return new Floats(segment, count);
  }

  long address() {
    return segment.address();
  }

  float get(int i) {
    return segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
  }

  float[] toArray() {
    float[] array = new float[count];
    MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, 0, array, 0, count);
    return array;
  }
}
