package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.graph.Storage;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Buffers for kernels under test; what lies around each is watched. */
final class Buffers {
  private static final byte CANARY = 0x5A;
  private static final int MARGIN = 64;

  private record Buffer(DType dtype, int elements, MemorySegment all) {
    MemorySegment inside() {
      return all.asSlice(MARGIN, (long) elements * dtype.bytes());
    }
  }

  private final Arena arena = Arena.ofAuto();
  private final List<Buffer> buffers = new ArrayList<>();

  /** A buffer with values; its number. */
  int add(DType dtype, double... values) {
    long bytes = (long) values.length * dtype.bytes();
    var buffer =
        new Buffer(dtype, values.length, arena.allocate(bytes + 2 * MARGIN, Memory.ALIGNMENT));
    buffer.all.fill(CANARY);
    buffer.inside().copyFrom(Reference.write(values, dtype).segment());
    buffers.add(buffer);
    return buffers.size() - 1;
  }

  long[] addresses() {
    return buffers.stream().mapToLong(b -> b.inside().address()).toArray();
  }

  DType dtype(int number) {
    return buffers.get(number).dtype;
  }

  double[] values(int number) {
    Buffer b = buffers.get(number);
    return Reference.read(new Storage(b.dtype, b.elements, b.inside()));
  }

  /** The values of all buffers. */
  List<double[]> all() {
    return IntStream.range(0, buffers.size()).mapToObj(this::values).toList();
  }

  Buffers copy() {
    var copy = new Buffers();
    for (int i = 0; i < buffers.size(); i++) {
      copy.add(buffers.get(i).dtype, values(i));
    }
    return copy;
  }

  void assertMarginsUntouched() {
    for (int i = 0; i < buffers.size(); i++) {
      MemorySegment all = buffers.get(i).all;
      for (long at = 0; at < MARGIN; at++) {
        long behind = all.byteSize() - MARGIN + at;
        assertEquals(CANARY, all.get(ValueLayout.JAVA_BYTE, at), "before buffer " + i);
        assertEquals(CANARY, all.get(ValueLayout.JAVA_BYTE, behind), "behind buffer " + i);
      }
    }
  }
}
