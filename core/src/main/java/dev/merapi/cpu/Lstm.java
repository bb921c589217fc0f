package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.FusedLstm;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;
import java.lang.foreign.MemorySegment;

/**
 * {@link FusedLstm}: the recurrent weight is packed once; a task then takes some rows of the batch
 * through all steps, without waiting for others. In each step it makes a tile of the four gates,
 * then the tile's cell and its output, which goes to the result and, packed, to the next step.
 */
final class Lstm implements Backend.Task {
  static final int GATES = 4;

  /** Which of the gates i, f, g, o of the input stands first, second, … in a tile. */
  static final int[] ORDER = {0, 1, 3, 2};

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
  private final long cell;
  private final long gates;
  private final long output;

  Lstm(ComputePool pool, Loops loops, Kernel.Fused k) {
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
    cell = places.take(tile * panels.panels() * (rows / kernel.rows()));
    gates = places.take(GATES * tile);
    output = places.take(tile);
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
      for (int row = 0; row < count; row += kernel.rows()) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          int some = Math.min(kernel.rows(), count - row);
          int columns = panels.columns(panel);
          long width = 4L * kernel.columns();
          long h = packedAt(now, row, panel);
          kernel.copy(some, columns, first(2, row, panel), stride(2), h, TileKernel.ROW_STRIDE);
          kernel.copy(some, columns, first(3, row, panel), stride(3), cellAt(row, panel), width);
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

    private void tile(int t, int row, int panel, long now, long next) {
      int n = panels.tile();
      int some = Math.min(kernel.rows(), count - row);
      long a = now + row * TileKernel.ROW_STRIDE;
      Kernel.View x = k.inputs().get(0);
      long from = x.offset() + (first + row) * x.strides().get(0) + t * x.strides().get(1);
      for (int i = 0; i < GATES; i++) {
        long gate = base + gates + 4L * n * i;
        long column = (long) ORDER[i] * hidden + (long) panel * kernel.columns();
        kernel.copy(
            some,
            panels.columns(panel),
            buffers[x.buffer()] + 4 * (from + column),
            4 * x.strides().get(0),
            gate,
            4L * kernel.columns());
        panels.addProduct(a, rows * TileKernel.ROW_STRIDE, weight, ORDER[i], panel, gate);
      }
      long all = base + gates;
      loops.unary(UnaryKind.SIGMOID, Lane.F32, all, 4, all, 3 * n);
      loops.unary(UnaryKind.TANH, Lane.F32, all + 12L * n, 4, all + 12L * n, n);
      long c = cellAt(row, panel);
      long h = base + output;
      cells.cell(all, c, n);
      loops.unary(UnaryKind.TANH, Lane.F32, c, 4, h, n);
      loops.binary(BinaryKind.MUL, Lane.F32, h, 4, all + 8L * n, 4, h, n);
      write(t, row, panel, some);
      long to = packedAt(next, row, panel);
      kernel.copy(some, panels.columns(panel), h, 4L * kernel.columns(), to, TileKernel.ROW_STRIDE);
    }

    private void write(int t, int row, int panel, int some) {
      long out = buffers[k.out()];
      long step = (long) (first + row) * time + t;
      long column = (long) panel * kernel.columns();
      long size = (long) batch * time * hidden; // of h, and of c
      store(some, panel, base + output, out + 4 * (step * hidden + column), hidden);
      store(some, panel, cellAt(row, panel), out + 4 * (size + step * hidden + column), hidden);
      for (int i = 0; i < GATES; i++) {
        long to = 2 * size + (step * GATES + ORDER[i]) * hidden + column;
        long gate = base + gates + 4L * panels.tile() * i;
        store(some, panel, gate, out + 4 * to, GATES * hidden);
      }
    }

    private void store(int some, int panel, long from, long to, int width) {
      kernel.copy(some, panels.columns(panel), from, 4L * kernel.columns(), to, 4L * time * width);
    }

    /** The address of a tile of the first h or c. */
    private long first(int input, int row, int panel) {
      Kernel.View view = k.inputs().get(input);
      long at = view.offset() + (first + row) * view.strides().get(0);
      return buffers[view.buffer()] + 4 * (at + (long) panel * kernel.columns());
    }

    private long stride(int input) {
      return 4 * k.inputs().get(input).strides().get(0);
    }

    private long packedAt(long states, int row, int panel) {
      int column = panel * kernel.columns();
      int block = column / TileKernel.DEPTH;
      return states
          + ((long) block * rows + row) * TileKernel.ROW_STRIDE
          + 4L * (column % TileKernel.DEPTH);
    }

    private long cellAt(int row, int panel) {
      long number = (long) row / kernel.rows() * panels.panels() + panel;
      return base + cell + 4L * panels.tile() * number;
    }
  }
}
