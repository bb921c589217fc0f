package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Op;
import dev.merapi.tensor.MerapiException;

/** {@link Kernel.Gather} and its transpose. */
final class Lookups {
  /** Columns that a task of a scatter takes of a wide row. */
  private static final int WIDTH = 64;

  private Lookups() {}

  static void gather(ComputePool pool, Kernel.Gather k, long[] buffers) {
    int bytes = k.dtype().bytes();
    long width = (long) k.width() * bytes;
    Ranges.run(
        pool,
        (long) k.batch() * k.count(),
        2 + k.width(),
        (from, to) -> {
          for (long entry = from; entry < to; entry++) {
            long batch = entry / k.count();
            int index = inside("gather", buffers[k.index()] + 4 * entry, k.rows());
            long x = buffers[k.x()] + (batch * k.rows() + index) * width;
            long out = buffers[k.out()] + entry * width;
            if (k.width() > 1) {
              Memory.copy(x, out, width);
            } else {
              copyOne(bytes, x, out);
            }
          }
        });
  }

  private static void copyOne(int bytes, long x, long out) {
    switch (bytes) {
      case 1 -> Memory.setByte(out, Memory.getByte(x));
      case 2 -> Memory.setShort(out, Memory.getShort(x));
      case 4 -> Memory.setInt(out, Memory.getInt(x));
      default -> Memory.setLong(out, Memory.getLong(x));
    }
  }

  /** Each task adds, in order, to some columns of one place of the batch. */
  static void scatterAdd(ComputePool pool, Loops loops, Kernel.ScatterAdd k, long[] buffers) {
    int slices = Math.max(1, k.width() / WIDTH);
    int slice = Math.ceilDiv(k.width(), slices);
    Ranges.run(
        pool,
        (long) k.batch() * slices,
        (long) (k.rows() + 2 * k.count()) * slice,
        (from, to) -> {
          for (long task = from; task < to; task++) {
            int column = (int) (task % slices) * slice;
            int columns = Math.min(slice, k.width() - column);
            if (columns > 0) {
              scatter(loops, k, buffers, task / slices, column, columns);
            }
          }
        });
  }

  private static void scatter(
      Loops loops, Kernel.ScatterAdd k, long[] buffers, long batch, int column, int columns) {
    Lane lane = Lane.of(k.dtype());
    if (!Lane.same(k.dtype())) {
      throw new IllegalArgumentException("scatterAdd of " + k.dtype());
    }
    int bytes = lane.bytes();
    long width = (long) k.width() * bytes;
    long out = buffers[k.out()] + batch * k.rows() * width + (long) column * bytes;
    long updates = buffers[k.updates()] + batch * k.count() * width + (long) column * bytes;
    long indices = buffers[k.index()] + 4 * batch * k.count();
    if (columns == k.width()) {
      Memory.zero(out, k.rows() * width);
    } else {
      for (int row = 0; row < k.rows(); row++) {
        Memory.zero(out + row * width, (long) columns * bytes);
      }
    }
    for (int i = 0; i < k.count(); i++) {
      long to = out + inside("scatterAdd", indices + 4L * i, k.rows()) * width;
      long from = updates + i * width;
      if (columns == 1 && lane == Lane.F32) {
        Memory.setFloat(to, Memory.getFloat(to) + Memory.getFloat(from));
      } else {
        loops.binary(Op.BinaryKind.ADD, lane, to, bytes, from, bytes, to, columns);
      }
    }
  }

  private static int inside(String op, long address, int rows) {
    int index = Memory.getInt(address);
    if (index < 0 || index >= rows) {
      throw new MerapiException(op + ": index " + index + " is out of range 0 … " + (rows - 1));
    }
    return index;
  }
}
