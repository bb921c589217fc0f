package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The elements of a tensor on the host, row-major, in the machine's byte order; on the heap or off
 * it. Only a {@link dev.merapi.tensor.Parameter}'s is ever written again.
 */
public record Storage(DType dtype, long elements, MemorySegment segment) {

  public Storage {
    if (segment.byteSize() != elements * dtype.bytes()) {
      throw new IllegalArgumentException(
          elements + " elements of " + dtype + " do not fill " + segment.byteSize() + " bytes");
    }
  }

  /** Bytes of all elements. */
  public long bytes() {
    return segment.byteSize();
  }

  /** Zeroed memory off the heap, aligned to 64 bytes; freed once nobody refers to it. */
  public static Storage allocate(DType dtype, long elements) {
    long bytes = elements * dtype.bytes();
    long padded = Math.max(64, (bytes + 63) & ~63L);
    return new Storage(dtype, elements, reserve(Arena.ofAuto(), padded).asSlice(0, bytes));
  }

  /**
   * Zeroed memory off the heap, aligned to 64 bytes.
   *
   * @throws MerapiException if there is not so much
   */
  public static MemorySegment reserve(Arena arena, long bytes) {
    try {
      return arena.allocate(bytes, 64);
    } catch (OutOfMemoryError e) { // only off the heap, where it does no harm
      throw new MerapiException(
          "%d MiB of memory off the heap are wanted, and there are not so many left (%s); take smaller batches or a smaller model, or give java more with -XX:MaxDirectMemorySize"
              .formatted(Math.ceilDiv(bytes, 1 << 20), e.getMessage()),
          e);
    }
  }

  /** A copy off the heap. */
  public Storage offHeap() {
    Storage copy = allocate(dtype, elements);
    copy.segment.copyFrom(segment);
    return copy;
  }
}
