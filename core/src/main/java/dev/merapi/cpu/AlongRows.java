package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.ReduceKind;
import dev.merapi.tensor.DType;

/** Kernels that walk contiguous rows: places of extremes, running sums. */
final class AlongRows {
  private final ComputePool pool;
  private final Loops loops;

  AlongRows(ComputePool pool, Loops loops) {
    this.pool = pool;
    this.loops = loops;
  }

  void argReduce(Kernel.ArgReduce k, long[] buffers) {
    Lane lane = Lane.of(k.dtype());
    var kind = k.greatest() ? ReduceKind.MAX : ReduceKind.MIN;
    long rowBytes = (long) k.columns() * k.dtype().bytes();
    long laneBytes = (long) k.columns() * lane.bytes();
    Ranges.run(
        pool,
        k.rows(),
        2L * k.columns() + 64,
        (from, to) -> {
          long memory = Workspace.local().memory(Loops.REDUCE_BYTES + 64 + laneBytes);
          long extreme = memory + Loops.REDUCE_BYTES;
          for (long row = from; row < to; row++) {
            long x = buffers[k.x()] + row * rowBytes;
            long values = lanes(k.dtype(), x, extreme + 64, k.columns());
            loops.reduce(kind, lane, values, 1, k.columns(), extreme, memory);
            Memory.setInt(buffers[k.out()] + 4 * row, find(lane, values, extreme));
          }
        });
  }

  /** Where the lanes of contiguous elements are: in memory, or converted here. */
  private long lanes(DType dtype, long x, long here, int n) {
    if (Lane.same(dtype)) {
      return x;
    }
    loops.load(dtype, x, here, n);
    return here;
  }

  /** The first place of a number that is there; NaN finds NaN. */
  private static int find(Lane lane, long x, long wanted) {
    int i = 0;
    switch (lane) {
      case F32 -> {
        float value = Memory.getFloat(wanted);
        if (Float.isNaN(value)) {
          while (!Float.isNaN(Memory.getFloat(x + 4L * i))) {
            i++;
          }
        } else {
          while (Memory.getFloat(x + 4L * i) != value) {
            i++;
          }
        }
      }
      case I32 -> {
        int value = Memory.getInt(wanted);
        while (Memory.getInt(x + 4L * i) != value) {
          i++;
        }
      }
      case I64 -> {
        long value = Memory.getLong(wanted);
        while (Memory.getLong(x + 8L * i) != value) {
          i++;
        }
      }
    }
    return i;
  }

  /** Sums of f32 run in double precision and are rounded one by one. */
  void cumsum(Kernel.Cumsum k, long[] buffers) {
    long rowBytes = (long) k.columns() * k.dtype().bytes();
    Ranges.run(
        pool,
        k.rows(),
        4L * k.columns(),
        (from, to) -> {
          for (long row = from; row < to; row++) {
            long x = buffers[k.x()] + row * rowBytes;
            long out = buffers[k.out()] + row * rowBytes;
            switch (k.dtype()) {
              case F32 -> cumsumFloats(x, out, k.columns());
              case I32 -> cumsumInts(x, out, k.columns());
              case I64 -> cumsumLongs(x, out, k.columns());
              case BOOL, U8, I8, BF16, F16 ->
                  throw new IllegalArgumentException("cumsum of " + k.dtype());
            }
          }
        });
  }

  private static void cumsumFloats(long x, long out, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Memory.getFloat(x + 4L * i);
      Memory.setFloat(out + 4L * i, (float) sum);
    }
  }

  private static void cumsumInts(long x, long out, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Memory.getInt(x + 4L * i);
      Memory.setInt(out + 4L * i, sum);
    }
  }

  private static void cumsumLongs(long x, long out, int n) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Memory.getLong(x + 8L * i);
      Memory.setLong(out + 8L * i, sum);
    }
  }
}
