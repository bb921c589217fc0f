package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedAttentionGradient;
import dev.merapi.graph.Kernel;

/**
 * {@link FusedAttentionGradient} in tiles (Dao, 2023, "FlashAttention-2"). A task is one head of
 * keys and values with all queries that it serves. Scores are made transposed, (keys, queries), a
 * row of tiles at a time: so the probabilities and their gradients are left factors of the products
 * for dv and dk as they are, and only the one for dq wants a transpose.
 *
 * <p>With p the probabilities, dp = dy vᵀ and δ = Σ dy · y: ds = p · (dp - δ) · scale, dv = pᵀ dy,
 * dk = dsᵀ q, dq = ds k.
 */
final class AttentionGradient implements Backend.Task {
  /** Queries of a block: the depth of the products for dk and dv. */
  private static final int QUERIES = TileKernel.DEPTH;

  /** Keys whose scores are transposed together: the depth of the product for dq. */
  private static final int STRIP = 64;

  private final ComputePool pool;
  private final AttentionLoops loops;
  private final TileKernel kernel;
  private final AttentionShape shape;
  private final Kernel.View y;
  private final int dy;
  private final int out;
  private final int strip;
  private final int step;
  private final Places places = new Places();
  private final long queries;
  private final long outputs;
  private final long queryRows;
  private final long outputRows;
  private final long keys;
  private final long values;
  private final long keyRows;
  private final long probabilities;
  private final long scores;
  private final long turned;
  private final long logSums;
  private final long deltas;
  private final long zeros;
  private final long drawn;
  private final long kept;
  private final long words;
  private final long queryGradient;
  private final long keyGradient;
  private final long valueGradient;

  AttentionGradient(
      ComputePool pool, AttentionLoops loops, FusedAttentionGradient op, Kernel.Fused k) {
    this.pool = pool;
    this.loops = loops;
    this.kernel = TileKernel.best();
    this.shape = AttentionShape.of(op.attention(), kernel, k);
    this.dy = k.inputs().size() - 1;
    this.y = k.inputs().get(dy - 1);
    this.out = k.out();
    this.strip = STRIP / kernel.rows() * kernel.rows();
    int columns = kernel.columns();
    this.step = columns % kernel.rows() == 0 ? columns : columns * 3; // 6 rows, 8 or 16 columns
    int block = Math.min(QUERIES, shape.time());
    long wide = 4L * shape.padded();
    queries = places.take(shape.panelBytes(shape.dim(), block));
    outputs = places.take(shape.panelBytes(shape.dim(), block));
    queryRows = places.take(shape.panelBytes(block, shape.padded()));
    outputRows = places.take(shape.panelBytes(block, shape.padded()));
    keys = places.take(strip * TileKernel.ROW_STRIDE);
    values = places.take(strip * TileKernel.ROW_STRIDE);
    keyRows = places.take(shape.panelBytes(strip, shape.padded()));
    probabilities = places.take(kernel.rows() * TileKernel.ROW_STRIDE);
    scores = places.take(strip * TileKernel.ROW_STRIDE);
    turned = places.take(shape.tiled(block) * TileKernel.ROW_STRIDE);
    logSums = places.take(4L * (block + AttentionLoops.PARTS));
    deltas = places.take(4L * (block + AttentionLoops.PARTS));
    zeros = places.take(4L * kernel.columns());
    boolean drops = op.attention().dropout() > 0;
    long strips = strip * 4L + AttentionLoops.SLACK;
    drawn = places.take(drops ? block * strips : 0);
    kept = places.take(drops ? strip * TileKernel.ROW_STRIDE : 0);
    words = places.take(AttentionLoops.wordBytes(strip));
    queryGradient = places.take(wide * shape.tiled(shape.time()));
    keyGradient = places.take(wide * shape.tiled(shape.timeK()));
    valueGradient = places.take(wide * shape.tiled(shape.timeK()));
  }

  @Override
  public void run(long[] buffers) {
    pool.parallelFor(
        shape.batch() * shape.kvHeads(),
        task -> new Head(buffers, task / shape.kvHeads(), task % shape.kvHeads()).run());
  }

  /** One head of keys and values. */
  private final class Head {
    private final long[] buffers;
    private final int batch;
    private final int kvHead;
    private final Matrix k;
    private final Matrix v;
    private final long base = Workspace.local().memory(places.bytes());
    private int head;
    private Matrix q;
    private Matrix dy;

    /** The block of queries at hand. */
    private int first;

    private int count;
    private AttentionShape.Panels left;
    private AttentionShape.Panels leftOutputs;
    private AttentionShape.Panels right;
    private AttentionShape.Panels rightOutputs;

    Head(long[] buffers, int batch, int kvHead) {
      this.buffers = buffers;
      this.batch = batch;
      this.kvHead = kvHead;
      this.k = shape.head(1, buffers, batch, kvHead);
      this.v = shape.head(2, buffers, batch, kvHead);
    }

    void run() {
      long wide = 4L * shape.padded();
      Memory.zero(base + zeros, 4L * kernel.columns());
      Memory.zero(base + keyGradient, wide * shape.tiled(shape.timeK()));
      Memory.zero(base + valueGradient, wide * shape.tiled(shape.timeK()));
      int group = shape.heads() / shape.kvHeads();
      for (int i = 0; i < group; i++) {
        head = kvHead * group + i;
        q = shape.head(0, buffers, batch, head);
        dy = shape.head(AttentionGradient.this.dy, buffers, batch, head);
        Memory.zero(base + queryGradient, wide * shape.tiled(shape.time()));
        for (first = 0; first < shape.time(); first += QUERIES) {
          count = Math.min(QUERIES, shape.time() - first);
          block();
        }
        write(0, head, shape.time(), base + queryGradient);
      }
      write(1, kvHead, shape.timeK(), base + keyGradient);
      write(2, kvHead, shape.timeK(), base + valueGradient);
    }

    private void block() {
      left = shape.transposed(q, first, count, base + queries);
      leftOutputs = shape.transposed(dy, first, count, base + outputs);
      right = shape.panels(q, first, count, base + queryRows);
      rightOutputs = shape.panels(dy, first, count, base + outputRows);
      readSums();
      // Whole tiles: the rows of one that no query saw would be added to the next block's keys.
      int seen = Math.min(shape.timeK(), shape.tiled(shape.seen(first + count - 1)));
      for (int key = 0; key < seen; key += strip) {
        strip(key, Math.min(strip, seen - key));
      }
    }

    /** The queries' logarithms of sums, and Σ dy · y. */
    private void readSums() {
      int dim = shape.dim();
      long result = buffers[y.buffer()] + 4 * y.offset();
      long all = (long) shape.batch() * shape.time() * shape.heads() * dim;
      long logs = result + 4 * (all + ((long) batch * shape.heads() + head) * shape.time() + first);
      Memory.copy(logs, base + logSums, 4L * count);
      for (int i = 0; i < count; i++) {
        long row = ((long) batch * shape.time() + first + i) * shape.heads() + head;
        float delta = loops.dot(dy.at(0, first + i, 0), result + 4 * row * dim, dim);
        Memory.setFloat(base + deltas + 4L * i, delta);
      }
    }

    private void strip(int key, int n) {
      int dim = shape.dim();
      var rows = new Operand.Block(0, key, n, 0, dim);
      k.packRows(kernel, rows, base + keys);
      v.packRows(kernel, rows, base + values);
      if (shape.op().dropout() > 0) {
        draw(key, n);
      }
      int start = start(key);
      for (int i = 0; i < n; i += kernel.rows()) {
        tiles(key, i, Math.min(kernel.rows(), n - i), start);
      }
      long stride = TileKernel.ROW_STRIDE;
      kernel.transpose(n, count - start, base + scores + 4L * start, stride, base + turned, stride);
      shape.product(
          n,
          base + turned,
          shape.panels(k, key, n, base + keyRows),
          shape.tiled(count - start),
          shape.padded(),
          0,
          base + queryGradient + 4L * shape.padded() * (first + start),
          4L * shape.padded());
    }

    /** The first query of the block that sees a key, down to whole panels and tiles. */
    private int start(int key) {
      int query = Math.clamp(shape.firstQuery(key) - first, 0, count);
      return query / step * step;
    }

    /** What is kept of the probabilities of a strip, a row a key. */
    private void draw(int key, int n) {
      float keep = shape.keep();
      long seed = shape.key(buffers);
      long stride = 4L * strip + AttentionLoops.SLACK;
      for (int i = 0; i < count; i++) {
        long number = shape.number(batch, head, first + i, key);
        loops.dropout(seed, number, n, keep, 1 / keep, base + drawn + i * stride, base + words);
      }
      kernel.transpose(count, n, base + drawn, stride, base + kept, TileKernel.ROW_STRIDE);
    }

    /** A row of tiles: some keys of a strip, along the queries from {@code from} on. */
    private void tiles(int key, int row, int some, int from) {
      int start = Math.max(from, start(key + row));
      int n = count - start;
      int dim = shape.dim();
      long stride = TileKernel.ROW_STRIDE;
      long p = base + probabilities;
      long ds = base + scores + row * stride;
      int panel = start / kernel.columns();
      long zero = base + zeros;
      var queryPanels = new AttentionShape.Panels(left.at(panel), left.step(), left.rowStride());
      var outputPanels =
          new AttentionShape.Panels(
              leftOutputs.at(panel), leftOutputs.step(), leftOutputs.rowStride());
      shape.product(dim, base + keys + row * stride, queryPanels, some, n, zero, p, stride);
      shape.product(
          dim, base + values + row * stride, outputPanels, some, n, zero, ds + 4L * start, stride);
      for (int i = 0; i < some; i++) {
        gradients(key + row + i, row + i, start, from);
      }
      long at = 4L * shape.padded() * (key + row);
      shape.product(
          n,
          p,
          rightOutputs.from(start),
          some,
          shape.padded(),
          0,
          base + valueGradient + at,
          4L * shape.padded());
      shape.product(
          n,
          ds + 4L * start,
          right.from(start),
          some,
          shape.padded(),
          0,
          base + keyGradient + at,
          4L * shape.padded());
    }

    /** Makes a key's scores probabilities, and the gradients of those the scores'. */
    private void gradients(int key, int row, int start, int from) {
      long s = base + probabilities + row % kernel.rows() * TileKernel.ROW_STRIDE;
      long ds = base + scores + row * TileKernel.ROW_STRIDE;
      for (int i = from; i < start; i++) {
        Memory.setFloat(ds + 4L * i, 0);
      }
      int hidden = Math.clamp(shape.firstQuery(key) - first, start, count) - start;
      for (int i = 0; i < hidden; i++) {
        Memory.setFloat(s + 4L * i, Float.NEGATIVE_INFINITY);
      }
      float bias = shape.op().biased() ? Memory.getFloat(shape.bias(buffers, batch) + 4L * key) : 0;
      int n = AttentionShape.up(count - start, AttentionLoops.PARTS);
      long logs = base + logSums + 4L * start;
      long delta = base + deltas + 4L * start;
      long dp = ds + 4L * start;
      if (shape.op().dropout() > 0) {
        long keeps = base + kept + row * TileKernel.ROW_STRIDE + 4L * start;
        loops.gradientsKept(s, dp, keeps, logs, delta, shape.scale(), bias, n);
      } else {
        loops.gradients(s, dp, logs, delta, shape.scale(), bias, n);
      }
    }

    /** Puts the gradient of a head where it belongs in the result: dq is part 0, dk 1, dv 2. */
    private void write(int part, int head, int rows, long from) {
      int dim = shape.dim();
      int heads = shape.heads();
      int kvHeads = shape.kvHeads();
      boolean joint = shape.time() == shape.timeK();
      long row = joint ? (heads + 2L * kvHeads) * dim : (long) (part == 0 ? heads : kvHeads) * dim;
      long start; // of the part
      if (joint) {
        start = part == 0 ? 0 : (heads + (part - 1L) * kvHeads) * dim;
      } else {
        long queryPart = (long) shape.batch() * shape.time() * heads * dim;
        long keyPart = (long) shape.batch() * shape.timeK() * kvHeads * dim;
        start = part == 0 ? 0 : queryPart + (part - 1) * keyPart;
      }
      long to = start + (long) batch * rows * row + (long) head * dim;
      kernel.copy(rows, dim, from, 4L * shape.padded(), buffers[out] + 4 * to, 4 * row);
    }
  }
}
