package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.cpu.AttentionLoops.Sums;
import dev.merapi.graph.FusedAttention;
import dev.merapi.graph.Kernel;

/**
 * {@link FusedAttention} in tiles (Dao, 2023, "FlashAttention-2"). A task is some queries of one
 * head. It walks the keys in blocks, and in each its queries in strips: the strip's scores are a
 * product, become exponentials where they lie, and are then the left factor of the product with the
 * values, as packed as the tile kernel wants it. Sums so far are multiplied down when a greater
 * score appears. A single query goes without tiles.
 */
final class Attention implements Backend.Task {
  /** Keys of a block: the depth of the product with the values. */
  private static final int KEYS = TileKernel.DEPTH;

  /** Queries of a task, for which keys are packed once. */
  private static final int QUERIES = 256;

  /** Queries whose scores are made together. */
  private static final int STRIP = 32;

  private final ComputePool pool;
  private final AttentionLoops loops;
  private final TileKernel kernel;
  private final AttentionShape shape;
  private final int out;
  private final int strip;
  private final Places places = new Places();
  private final long keys;
  private final long values;
  private final long queries;
  private final long scores;
  private final long sums;
  private final long mosts;
  private final long totals;
  private final long factors;
  private final long zeros;
  private final long biases;
  private final long kept;
  private final long words;

  Attention(ComputePool pool, AttentionLoops loops, FusedAttention op, Kernel.Fused k) {
    this.pool = pool;
    this.loops = loops;
    this.kernel = TileKernel.best();
    this.shape = AttentionShape.of(op, kernel, k);
    this.out = k.out();
    this.strip = STRIP / kernel.rows() * kernel.rows();
    int block = Math.min(KEYS, shape.timeK());
    int rows = shape.tiled(Math.min(QUERIES, shape.time()));
    keys = places.take(shape.panelBytes(shape.dim(), block));
    values = places.take(shape.panelBytes(block, shape.padded()));
    queries = places.take(strip * TileKernel.ROW_STRIDE);
    scores = places.take(strip * TileKernel.ROW_STRIDE);
    sums = places.take(4L * rows * shape.padded());
    mosts = places.take(4L * rows);
    totals = places.take(4L * rows);
    factors = places.take(4L * rows);
    zeros = places.take(4L * kernel.columns());
    biases = places.take(4L * KEYS);
    kept = places.take(4L * KEYS + AttentionLoops.SLACK);
    words = places.take(AttentionLoops.wordBytes(KEYS));
  }

  @Override
  public void run(long[] buffers) {
    int chunks = Math.ceilDiv(shape.time(), QUERIES);
    pool.parallelFor(
        shape.batch() * shape.heads() * chunks,
        task -> {
          int head = task / chunks % shape.heads();
          int batch = task / chunks / shape.heads();
          new Chunk(buffers, batch, head, task % chunks * QUERIES).run();
        });
  }

  /** The queries of one task. */
  private final class Chunk {
    private final long[] buffers;
    private final int batch;
    private final int head;
    private final int first;
    private final int count;
    private final long base = Workspace.local().memory(places.bytes());
    private final Sums rows = new Sums(base + mosts, base + totals, base + factors);

    Chunk(long[] buffers, int batch, int head, int first) {
      this.buffers = buffers;
      this.batch = batch;
      this.head = head;
      this.first = first;
      this.count = Math.min(QUERIES, shape.time() - first);
    }

    void run() {
      Memory.zero(base + zeros, 4L * kernel.columns());
      for (int i = 0; i < count; i++) {
        Memory.setFloat(base + mosts + 4L * i, Float.NEGATIVE_INFINITY);
        Memory.setFloat(base + totals + 4L * i, 0);
      }
      int group = shape.heads() / shape.kvHeads();
      Matrix q = shape.head(0, buffers, batch, head);
      Matrix k = shape.head(1, buffers, batch, head / group);
      Matrix v = shape.head(2, buffers, batch, head / group);
      int seen = shape.seen(first + count - 1);
      for (int key = 0; key < seen; key += KEYS) {
        int n = Math.min(KEYS, seen - key);
        if (shape.op().biased()) {
          Memory.copy(shape.bias(buffers, batch) + 4L * key, base + biases, 4L * n);
        }
        if (shape.time() == 1) {
          alone(q, k, v, key, n);
          continue;
        }
        var left = shape.transposed(k, key, n, base + keys);
        var right = shape.panels(v, key, n, base + values);
        for (int row = 0; row < count; row += strip) {
          strip(q, row, key, n, left, right);
        }
      }
      finish(seen == 0);
    }

    /** A single query, which uses each number once: keys and values are read where they lie. */
    private void alone(Matrix q, Matrix k, Matrix v, int key, int n) {
      int dim = shape.dim();
      long scored = base + scores;
      for (int j = 0; j < n; j += Scratch.GROUP) {
        int group = Math.min(Scratch.GROUP, n - j);
        long from = k.at(0, key + j, 0);
        long to = scored + 4L * j;
        kernel.dots(group, dim, q.address(), from, 4 * k.rowStride(), to, Scratch.get().dots);
      }
      exponentials(0, 1, key, n);
      if (key == 0) {
        Memory.zero(base + sums, 4L * shape.padded());
      } else {
        multiplyDown(0, 1);
      }
      kernel.addRows(n, dim, scored, v.at(0, key, 0), 4 * v.rowStride(), base + sums);
    }

    private void strip(
        Matrix q,
        int row,
        int key,
        int n,
        AttentionShape.Panels left,
        AttentionShape.Panels right) {
      int some = Math.min(strip, count - row);
      int last = first + row + some - 1;
      int visible = Math.min(n, shape.seen(last) - key);
      if (visible <= 0) {
        return;
      }
      int dim = shape.dim();
      var block = new Operand.Block(0, first + row, some, 0, dim);
      q.packRows(kernel, block, base + queries);
      long scored = base + scores;
      shape.product(
          dim,
          base + queries,
          left,
          shape.tiled(some),
          visible,
          base + zeros,
          scored,
          TileKernel.ROW_STRIDE);
      exponentials(row, some, key, visible);
      long sum = base + sums + 4L * row * shape.padded();
      if (key > 0) {
        multiplyDown(row, some);
      }
      long seed = key == 0 ? base + zeros : 0;
      shape.product(
          visible,
          scored,
          right,
          shape.tiled(some),
          shape.padded(),
          seed,
          sum,
          4L * shape.padded());
    }

    /** Brings the sums of earlier keys to the greatest scores of now. */
    private void multiplyDown(int row, int some) {
      for (int i = row; i < row + some; i++) {
        long at = base + sums + 4L * i * shape.padded();
        loops.scaled(at, Memory.getFloat(rows.factor() + 4L * i), at, shape.padded());
      }
    }

    /** Hides keys, and makes the scores of a strip exponentials. */
    private void exponentials(int row, int some, int key, int visible) {
      int n = AttentionShape.up(visible, AttentionLoops.PARTS);
      float scale = shape.scale();
      for (int i = 0; i < some; i++) {
        long scored = base + scores + i * TileKernel.ROW_STRIDE;
        if (shape.op().biased()) {
          loops.scaleAndAdd(scored, scale, base + biases, n);
        }
        int seen = Math.clamp(shape.seen(first + row + i) - key, 0, visible);
        for (int j = seen; j < n; j++) {
          Memory.setFloat(scored + 4L * j, Float.NEGATIVE_INFINITY);
        }
      }
      float rest = shape.op().biased() ? 1 : scale;
      loops.softmax(base + scores, some, n, rest, rows.row(row));
      if (shape.op().dropout() > 0) {
        float keep = shape.keep();
        for (int i = 0; i < some; i++) {
          long number = shape.number(batch, head, first + row + i, key);
          loops.dropout(
              shape.key(buffers), number, visible, keep, 1 / keep, base + kept, base + words);
          loops.multiply(base + scores + i * TileKernel.ROW_STRIDE, base + kept, n);
        }
      }
    }

    private void finish(boolean nothing) {
      int padded = shape.padded();
      int dim = shape.dim();
      long logSums =
          buffers[out] + 4L * shape.batch() * shape.time() * shape.heads() * dim; // behind y
      for (int i = 0; i < count; i++) {
        float total = Memory.getFloat(rows.total() + 4L * i);
        boolean empty = nothing || total == 0;
        int query = first + i;
        long y =
            buffers[out]
                + 4L * (((long) batch * shape.time() + query) * shape.heads() + head) * dim;
        if (empty) {
          Memory.zero(y, 4L * dim);
        } else {
          loops.scaled(base + sums + 4L * i * padded, 1 / total, y, dim);
        }
        float most = Memory.getFloat(rows.most() + 4L * i);
        float logSum = empty ? 0 : most + ScalarMath.log(total);
        long to = ((long) batch * shape.heads() + head) * shape.time() + query;
        Memory.setFloat(logSums + 4 * to, logSum);
      }
    }
  }
}
