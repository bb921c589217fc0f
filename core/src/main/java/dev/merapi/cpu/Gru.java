package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedGru;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;
import java.lang.foreign.MemorySegment;

/** {@link FusedGru}, in the way of {@link Lstm}. */
final class Gru implements Backend.Task {
  static final int GATES = 3;

  private final ComputePool pool;
  private final Loops loops;
  private final GateLoops cells;
  private final TileKernel kernel = TileKernel.best();
  private final Kernel.Fused k;
  private final GatePanels panels;
  private final int batch;
  private final int time;
  private final int hidden;
  private final int rows;
  private final Memories packed;
  private final Places places = new Places();
  private final long states;
  private final long nextStates;
  private final long before;
  private final long gates;

  Gru(ComputePool pool, Loops loops, Kernel.Fused k) {
    this.pool = pool;
    this.loops = loops;
    this.cells = GateLoops.best();
    this.k = k;
    this.batch = k.shapes().get(0).size(0);
    this.time = k.shapes().get(0).size(1);
    this.hidden = k.shapes().get(1).size(1);
    this.panels = new GatePanels(kernel, GATES, hidden);
    this.rows = panels.rowsOfTask(batch);
    this.packed = new Memories(panels.bytes());
    long tile = 4L * panels.tile();
    states = places.take((long) panels.blocks() * rows * TileKernel.ROW_STRIDE);
    nextStates = places.take((long) panels.blocks() * rows * TileKernel.ROW_STRIDE);
    before = places.take(tile * panels.panels() * (rows / kernel.rows()));
    gates = places.take((GATES + 1) * tile);
  }

  @Override
  public void run(long[] buffers) {
    MemorySegment weight = packed.take();
    Kernel.View w = k.inputs().get(1);
    long address = buffers[w.buffer()] + 4 * w.offset();
    panels.packForward(pool, new Matrix(address, 0, w.strides().get(0), 1), weight.address());
    pool.parallelFor(
        Math.ceilDiv(batch, rows), task -> new Rows(buffers, weight.address(), task * rows).run());
    packed.give(weight);
  }

  /** The rows of one task. */
  private final class Rows {
    private final long[] buffers;
    private final long weight;
    private final int first;
    private final int count;
    private final long base = Workspace.local().memory(places.bytes());

    Rows(long[] buffers, long weight, int first) {
      this.buffers = buffers;
      this.weight = weight;
      this.first = first;
      this.count = Math.min(rows, batch - first);
    }

    void run() {
      long now = base + states;
      long next = base + nextStates;
      Kernel.View view = k.inputs().get(3);
      long stride = view.strides().get(0);
      for (int row = 0; row < count; row += kernel.rows()) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          long at = view.offset() + (first + row) * stride + (long) panel * kernel.columns();
          long from = buffers[view.buffer()] + 4 * at;
          copy(row, panel, from, 4 * stride, packedAt(now, row, panel), TileKernel.ROW_STRIDE);
          copy(row, panel, from, 4 * stride, tileAt(row, panel), width());
        }
      }
      for (int t = 0; t < time; t++) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          for (int row = 0; row < count; row += kernel.rows()) {
            tile(t, row, panel, now, next);
          }
        }
        long swap = now;
        now = next;
        next = swap;
      }
    }

    /** Makes a tile of r, z, n and m, and then of h. */
    private void tile(int t, int row, int panel, long now, long next) {
      int n = panels.tile();
      long a = now + row * TileKernel.ROW_STRIDE;
      Kernel.View x = k.inputs().get(0);
      long column = (long) panel * kernel.columns();
      long from = x.offset() + (first + row) * x.strides().get(0) + t * x.strides().get(1);
      long address = buffers[x.buffer()] + 4 * (from + column);
      for (int i = 0; i < GATES; i++) {
        long gate = base + gates + 4L * n * i;
        copy(row, panel, address + 4L * i * hidden, 4 * x.strides().get(0), gate, width());
      }
      Kernel.View bias = k.inputs().get(2);
      long biases = buffers[bias.buffer()] + 4 * (bias.offset() + column);
      long products = base + gates + 12L * n;
      copy(row, panel, biases, 0, products, width());
      for (int i = 0; i < GATES; i++) {
        long to = i < 2 ? base + gates + 4L * n * i : products;
        panels.addProduct(a, rows * TileKernel.ROW_STRIDE, weight, i, panel, to);
      }
      long all = base + gates;
      long candidate = all + 8L * n;
      loops.unary(UnaryKind.SIGMOID, Lane.F32, all, 4, all, 2 * n);
      cells.reset(all, n);
      loops.unary(UnaryKind.TANH, Lane.F32, candidate, 4, candidate, n);
      long h = tileAt(row, panel);
      cells.update(all, h, n);
      copy(row, panel, h, width(), packedAt(next, row, panel), TileKernel.ROW_STRIDE);
      write(t, row, panel);
    }

    private void write(int t, int row, int panel) {
      long out = buffers[k.out()];
      int n = panels.tile();
      long step = (long) (first + row) * time + t;
      long column = (long) panel * kernel.columns();
      long size = (long) batch * time * hidden; // of h
      long stride = 4L * time * hidden;
      long at = step * hidden + column;
      copy(row, panel, tileAt(row, panel), width(), out + 4 * at, stride);
      for (int i = 0; i < GATES; i++) {
        long to = out + 4 * (size + (step * GATES + i) * hidden + column);
        copy(row, panel, base + gates + 4L * n * i, width(), to, GATES * stride);
      }
      copy(row, panel, base + gates + 12L * n, width(), out + 4 * (4 * size + at), stride);
    }

    private long width() {
      return 4L * kernel.columns();
    }

    private void copy(int row, int panel, long from, long fromStride, long to, long toStride) {
      int some = Math.min(kernel.rows(), count - row);
      kernel.copy(some, panels.columns(panel), from, fromStride, to, toStride);
    }

    private long packedAt(long states, int row, int panel) {
      int column = panel * kernel.columns();
      int block = column / TileKernel.DEPTH;
      return states
          + ((long) block * rows + row) * TileKernel.ROW_STRIDE
          + 4L * (column % TileKernel.DEPTH);
    }

    private long tileAt(int row, int panel) {
      long number = (long) row / kernel.rows() * panels.panels() + panel;
      return base + before + 4L * panels.tile() * number;
    }
  }
}
