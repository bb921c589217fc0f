package dev.merapi.hub;

import dev.merapi.graph.Storage;
import dev.merapi.train.ElementType;
import dev.merapi.train.StoredArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Set;

/** Copies matrices of numbers between files and memory. */
final class Elements {
  /** What can be read; all become f32. */
  static final Set<ElementType> READABLE =
      Set.of(ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.F64);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The side of the squares in which a matrix is turned, so that they stay in the first cache. */
  private static final int SQUARE = 32;

  private Elements() {}

  /** Widens all elements to f32. */
  static void widen(StoredArray from, MemorySegment to) {
    MemorySegment bytes = from.bytes();
    long count = to.byteSize() / 4;
    switch (from.type()) {
      case F32 -> to.copyFrom(bytes);
      case BF16 -> {
        for (long i = 0; i < count; i++) {
          to.set(FLOAT, 4 * i, Float.intBitsToFloat(bytes.get(SHORT, 2 * i) << 16));
        }
      }
      case F16 -> {
        for (long i = 0; i < count; i++) {
          to.set(FLOAT, 4 * i, Float.float16ToFloat(bytes.get(SHORT, 2 * i)));
        }
      }
      case F64 -> {
        for (long i = 0; i < count; i++) {
          to.set(FLOAT, 4 * i, (float) bytes.get(DOUBLE, 8 * i));
        }
      }
      default -> throw new IllegalArgumentException("no f32 of " + from.type());
    }
  }

  /** The elements in f32: where they lie, or in memory of the arena. */
  static MemorySegment floats(StoredArray from, Arena arena) {
    if (from.type() == ElementType.F32) {
      return from.bytes();
    }
    long elements = from.shape().stream().reduce(1L, (x, y) -> x * y);
    MemorySegment wide = Storage.reserve(arena, 4 * elements);
    widen(from, wide);
    return wide;
  }

  /** Turns a matrix (rows, columns) of f32 into (columns, rows). */
  static void transpose(MemorySegment from, MemorySegment to, int rows, int columns) {
    for (int top = 0; top < rows; top += SQUARE) {
      for (int left = 0; left < columns; left += SQUARE) {
        for (int r = top; r < Math.min(rows, top + SQUARE); r++) {
          for (int c = left; c < Math.min(columns, left + SQUARE); c++) {
            float x = from.get(FLOAT, 4 * ((long) r * columns + c));
            to.set(FLOAT, 4 * ((long) c * rows + r), x);
          }
        }
      }
    }
  }
}
