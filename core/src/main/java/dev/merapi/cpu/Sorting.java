package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.tensor.DType;
import java.util.Arrays;

/**
 * {@link Kernel.ArgSort}. An element of 32 bits and its place make one long whose order is that of
 * the elements, then of the places: a plain sort of these is stable. Elements of 64 bits are
 * merged.
 */
final class Sorting {
  private static final long PLACE = 0xFFFFFFFFL;

  private Sorting() {}

  static void argSort(ComputePool pool, Kernel.ArgSort k, long[] buffers) {
    int n = k.columns();
    long rowBytes = (long) n * k.dtype().bytes();
    int steps = 32 - Integer.numberOfLeadingZeros(n);
    Ranges.run(
        pool,
        k.rows(),
        8L * n * steps,
        (from, to) -> {
          for (long row = from; row < to; row++) {
            long x = buffers[k.x()] + row * rowBytes;
            long out = buffers[k.out()] + 4L * n * row;
            if (k.dtype() == DType.I64) {
              merged(k, x, out);
            } else {
              packed(k, x, out);
            }
          }
        });
  }

  private static void packed(Kernel.ArgSort k, long x, long out) {
    int n = k.columns();
    long[] keys = Workspace.local().longs(n);
    int flip = k.descending() ? -1 : 0;
    for (int i = 0; i < n; i++) {
      keys[i] = ((long) (key(k.dtype(), x, i) ^ flip) << 32) | i;
    }
    Arrays.sort(keys, 0, n);
    for (int i = 0; i < n; i++) {
      Memory.setInt(out + 4L * i, (int) (keys[i] & PLACE));
    }
  }

  /** An int in the order of the elements. */
  private static int key(DType dtype, long x, int i) {
    return switch (dtype) {
      case F32 -> key(Memory.getFloat(x + 4L * i));
      case BF16 -> key(Float.intBitsToFloat(Memory.getShort(x + 2L * i) << 16));
      case F16 -> key(Float.float16ToFloat(Memory.getShort(x + 2L * i)));
      case I32 -> Memory.getInt(x + 4L * i);
      case I8 -> Memory.getByte(x + i);
      case U8, BOOL -> Memory.getByte(x + i) & 0xFF;
      case I64 -> throw new IllegalArgumentException("an i64 is no int");
    };
  }

  /** -0 is as 0; all NaN are the greatest. */
  private static int key(float x) {
    int bits = Float.floatToIntBits(x + 0.0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** Merges runs of 1, 2, 4, … places. */
  private static void merged(Kernel.ArgSort k, long x, long out) {
    int n = k.columns();
    long other = Workspace.local().memory(4L * n);
    long from = out;
    long to = other;
    for (int i = 0; i < n; i++) {
      Memory.setInt(from + 4L * i, i);
    }
    for (long run = 1; run < n; run *= 2) {
      for (long start = 0; start < n; start += 2 * run) {
        long middle = Math.min(n, start + run);
        long end = Math.min(n, start + 2 * run);
        merge(k.descending(), x, from, to, start, middle, end);
      }
      long swap = from;
      from = to;
      to = swap;
    }
    if (from != out) {
      Memory.copy(from, out, 4L * n);
    }
  }

  private static void merge(
      boolean descending, long x, long from, long to, long start, long middle, long end) {
    long a = start;
    long b = middle;
    for (long i = start; i < end; i++) {
      boolean second = a == middle;
      if (a < middle && b < end) {
        long p = Memory.getLong(x + 8L * Memory.getInt(from + 4 * a));
        long q = Memory.getLong(x + 8L * Memory.getInt(from + 4 * b));
        second = descending ? q > p : q < p;
      }
      Memory.setInt(to + 4 * i, Memory.getInt(from + 4 * (second ? b++ : a++)));
    }
  }
}
