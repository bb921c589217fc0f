package dev.merapi.bench;

import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The streaming triad {@code a = b + 3 c}: what memory, or a cache that holds all three, gives. */
final class Triad {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final int PIECES = 64;

  private final Arena arena = Arena.ofAuto();
  private final int piece;
  private final long a;
  private final long b;
  private final long c;

  /** Over so many elements, rounded down to whole pieces. */
  Triad(int elements) {
    piece = elements / PIECES / SPECIES.length() * SPECIES.length();
    a = filled();
    b = filled();
    c = filled();
  }

  private long filled() {
    MemorySegment segment = Memory.allocate(arena, 4L * piece * PIECES);
    segment.fill((byte) 1);
    return segment.address();
  }

  /** Bytes that a run reads and writes. */
  double bytes() {
    return 12.0 * piece * PIECES;
  }

  void run(ComputePool pool) {
    pool.parallelFor(PIECES, this::piece);
  }

  private void piece(int number) {
    long offset = 4L * piece * number;
    add(piece, a + offset, b + offset, c + offset);
  }

  private static void add(int n, long a, long b, long c) {
    for (int i = 0; i < n; i += SPECIES.length()) {
      var x = FloatVector.fromMemorySegment(SPECIES, ALL, b + 4L * i, ORDER);
      var y = FloatVector.fromMemorySegment(SPECIES, ALL, c + 4L * i, ORDER);
      x.add(y.mul(3f)).intoMemorySegment(ALL, a + 4L * i, ORDER);
    }
  }
}
