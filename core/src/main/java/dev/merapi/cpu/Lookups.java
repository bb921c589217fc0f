package dev.merapi.cpu;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.MerapiException;

/** {@link Kernel.Gather} and its transpose. */
final class Lookups {
  /** Columns that a task of a scatter takes of a wide row. */
  private static final int WIDTH = 64;

  /** Elements of a gather that are taken one after another. */
  private static final int PIECE = 4096;

  private Lookups() {}

  static void gather(ComputePool pool, Kernel.Gather k, long[] buffers) {
    int bytes = k.dtype().bytes();
    long width = (long) k.width() * bytes;
    // pieces of a place of the batch, so that no entry has to ask which it belongs to
    int piece = Math.clamp(PIECE / Math.max(1, k.width()), 1, Math.max(1, k.count()));
    int pieces = Math.ceilDiv(k.count(), piece);
    Ranges.run(
        pool,
        (long) k.batch() * pieces,
        (2L + k.width()) * piece,
        (from, to) -> {
          for (long task = from; task < to; task++) {
            long batch = task / pieces;
            int first = (int) (task % pieces) * piece;
            int count = Math.min(piece, k.count() - first);
            long entry = batch * k.count() + first;
            long x = buffers[k.x()] + batch * k.rows() * width;
            long index = buffers[k.index()] + 4 * entry;
            long out = buffers[k.out()] + entry * width;
            if (k.width() == 1 && bytes == 4) {
              gatherOnes(x, index, out, count, k.rows());
            } else {
              gatherRows(x, index, out, count, k.rows(), width);
            }
          }
        });
  }

  private static void gatherOnes(long x, long index, long out, int count, int rows) {
    for (int i = 0; i < count; i++) {
      int from = inside("gather", Memory.getInt(index + 4L * i), rows);
      Memory.setInt(out + 4L * i, Memory.getInt(x + 4L * from));
    }
  }

  private static void gatherRows(long x, long index, long out, int count, int rows, long width) {
    for (int i = 0; i < count; i++) {
      int from = inside("gather", Memory.getInt(index + 4L * i), rows);
      Memory.copy(x + from * width, out + i * width, width);
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
    if (k.width() == 1 && lane == Lane.F32) {
      addOnes(out, updates, indices, k.count(), k.rows());
      return;
    }
    for (int i = 0; i < k.count(); i++) {
      long to = out + inside("scatterAdd", Memory.getInt(indices + 4L * i), k.rows()) * width;
      long from = updates + i * width;
      loops.binary(BinaryKind.ADD, lane, to, bytes, from, bytes, to, columns);
    }
  }

  private static void addOnes(long out, long updates, long indices, int count, int rows) {
    for (int i = 0; i < count; i++) {
      long to = out + 4L * inside("scatterAdd", Memory.getInt(indices + 4L * i), rows);
      Memory.setFloat(to, Memory.getFloat(to) + Memory.getFloat(updates + 4L * i));
    }
  }

  private static int inside(String op, int index, int rows) {
    if (index < 0 || index >= rows) {
      throw outside(op, index, rows);
    }
    return index;
  }

  private static MerapiException outside(String op, int index, int rows) {
    return new MerapiException(op + ": index " + index + " is out of range 0 … " + (rows - 1));
  }
}
