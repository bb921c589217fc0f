package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedLstmGradient;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;
import java.lang.foreign.MemorySegment;

/**
 * {@link FusedLstmGradient}: as {@link Lstm} with time running back. In each step a task makes the
 * gradients of the gates, tile by tile, which go to the result and are packed; their product with
 * the weight is then what the step before gets.
 */
final class LstmGradient implements Backend.Task {
  private static final int GATES = Lstm.GATES;

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
  private final long gradients;
  private final long states;
  private final long cell;
  private final long gates;
  private final long before;
  private final long bent;
  private final long incoming;

  LstmGradient(ComputePool pool, Loops loops, Kernel.Fused k) {
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
    long tiles = tile * panels.panels() * (rows / kernel.rows());
    gradients = places.take(GATES * blockStride() * panels.blocks());
    states = places.take(tiles);
    cell = places.take(tiles);
    gates = places.take(GATES * tile);
    before = places.take(tile);
    bent = places.take(tile);
    incoming = places.take(tile);
  }

  /** Bytes from the packed rows of one block of the depth to those of the next. */
  private long blockStride() {
    return rows * TileKernel.ROW_STRIDE;
  }

  @Override
  public void run(long[] buffers) {
    MemorySegment weight = packed.take();
    Kernel.View w = k.inputs().get(1);
    long address = buffers[w.buffer()] + 4 * w.offset();
    panels.packBackward(pool, new Matrix(address, 0, w.strides().get(0), 1), weight.address());
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
      Memory.zero(base + states, gates - states); // and the cells
      for (int t = time - 1; t >= 0; t--) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          for (int row = 0; row < count; row += kernel.rows()) {
            tile(t, row, panel);
          }
        }
        for (int panel = 0; panel < panels.panels(); panel++) {
          for (int row = 0; row < count; row += kernel.rows()) {
            state(row, panel);
          }
        }
      }
      long out = buffers[k.out()] + 16L * batch * time * hidden; // behind dx
      for (int row = 0; row < count; row += kernel.rows()) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          long at = (long) (first + row) * hidden + (long) panel * kernel.columns();
          store(row, panel, tileAt(states, row, panel), out + 4 * at, 4L * hidden);
          long behind = at + (long) batch * hidden;
          store(row, panel, tileAt(cell, row, panel), out + 4 * behind, 4L * hidden);
        }
      }
    }

    /** The gradients of a tile of the gates. */
    private void tile(int t, int row, int panel) {
      int n = panels.tile();
      long result = 4L * ((long) batch * time * hidden); // bytes of h, and of c
      Kernel.View y = k.inputs().get(4);
      long forward = buffers[y.buffer()] + 4 * y.offset();
      long step = (long) (first + row) * time + t;
      long column = (long) panel * kernel.columns();
      for (int i = 0; i < GATES; i++) {
        long from = (step * GATES + Lstm.ORDER[i]) * hidden + column;
        long stride = 4L * GATES * time * hidden;
        load(row, panel, forward + 2 * result + 4 * from, stride, base + gates + 4L * n * i);
      }
      long width = 4L * time * hidden;
      long c = forward + result + 4 * (step * hidden + column);
      load(row, panel, c, width, base + bent);
      loops.unary(UnaryKind.TANH, Lane.F32, base + bent, 4, base + bent, n);
      if (t > 0) {
        load(row, panel, c - 4L * hidden, width, base + before);
      } else {
        Kernel.View view = k.inputs().get(3);
        long stride = view.strides().get(0);
        long from = view.offset() + (first + row) * stride + column;
        load(row, panel, buffers[view.buffer()] + 4 * from, 4 * stride, base + before);
      }
      long dc = tileAt(cell, row, panel);
      load(6, t, row, panel);
      kernel.add(n, base + incoming, dc);
      load(5, t, row, panel);
      kernel.add(n, tileAt(states, row, panel), base + incoming);
      cells.cellGradient(base + gates, base + incoming, base + before, base + bent, dc, n);
      for (int i = 0; i < GATES; i++) {
        long from = base + gates + 4L * n * i;
        long to = (step * GATES + Lstm.ORDER[i]) * hidden + column;
        store(row, panel, from, buffers[k.out()] + 4 * to, 4L * GATES * time * hidden);
        store(row, panel, from, packedAt(Lstm.ORDER[i], row, panel), TileKernel.ROW_STRIDE);
      }
    }

    /** What the step before gets of a tile of h. */
    private void state(int row, int panel) {
      long to = tileAt(states, row, panel);
      Memory.zero(to, 4L * panels.tile());
      for (int gate = 0; gate < GATES; gate++) {
        long a = packedAt(gate, row, 0);
        panels.addProduct(a, blockStride(), weight, gate, panel, to);
      }
    }

    /** A tile of the gradient of h or c at a step. */
    private void load(int input, int t, int row, int panel) {
      Kernel.View view = k.inputs().get(input);
      long stride = view.strides().get(0);
      long at = view.offset() + (first + row) * stride + t * view.strides().get(1);
      long from = buffers[view.buffer()] + 4 * (at + (long) panel * kernel.columns());
      load(row, panel, from, 4 * stride, base + incoming);
    }

    private void load(int row, int panel, long from, long stride, long to) {
      int some = Math.min(kernel.rows(), count - row);
      kernel.copy(some, panels.columns(panel), from, stride, to, 4L * kernel.columns());
    }

    private void store(int row, int panel, long from, long to, long stride) {
      int some = Math.min(kernel.rows(), count - row);
      kernel.copy(some, panels.columns(panel), from, 4L * kernel.columns(), to, stride);
    }

    private long packedAt(int gate, int row, int panel) {
      int column = panel * kernel.columns();
      long block = (long) gate * panels.blocks() + column / TileKernel.DEPTH;
      return base
          + gradients
          + block * blockStride()
          + row * TileKernel.ROW_STRIDE
          + 4L * (column % TileKernel.DEPTH);
    }

    private long tileAt(long place, int row, int panel) {
      long number = (long) row / kernel.rows() * panels.panels() + panel;
      return base + place + 4L * panels.tile() * number;
    }
  }
}
