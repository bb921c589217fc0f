package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedGruGradient;
import dev.merapi.graph.Kernel;
import java.lang.foreign.MemorySegment;

/** {@link FusedGruGradient}, in the way of {@link LstmGradient}. */
final class GruGradient implements Backend.Task {
  private static final int GATES = Gru.GATES;

  private final ComputePool pool;
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
  private final long gates;
  private final long before;

  GruGradient(ComputePool pool, Kernel.Fused k) {
    this.pool = pool;
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
    gates = places.take((GATES + 1) * tile);
    before = places.take(tile);
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
      Memory.zero(base + states, gates - states);
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
      long out = buffers[k.out()] + 24L * batch * time * hidden; // behind the others
      for (int row = 0; row < count; row += kernel.rows()) {
        for (int panel = 0; panel < panels.panels(); panel++) {
          long at = (long) (first + row) * hidden + (long) panel * kernel.columns();
          store(row, panel, tileAt(states, row, panel), out + 4 * at, 4L * hidden);
        }
      }
    }

    /** The gradients of a tile of the gates and of the product, and z dh. */
    private void tile(int t, int row, int panel) {
      int n = panels.tile();
      long size = (long) batch * time * hidden; // of h
      Kernel.View y = k.inputs().get(4);
      long forward = buffers[y.buffer()] + 4 * y.offset();
      long step = (long) (first + row) * time + t;
      long column = (long) panel * kernel.columns();
      long stride = 4L * time * hidden;
      long all = base + gates;
      for (int i = 0; i < GATES; i++) {
        long from = size + (step * GATES + i) * hidden + column;
        load(row, panel, forward + 4 * from, GATES * stride, all + 4L * n * i);
      }
      long at = step * hidden + column;
      load(row, panel, forward + 4 * (4 * size + at), stride, all + 12L * n);
      long dh = tileAt(states, row, panel);
      load(5, t, row, panel, base + before);
      kernel.add(n, base + before, dh);
      if (t > 0) {
        load(row, panel, forward + 4 * (at - hidden), stride, base + before);
      } else {
        load(3, 0, row, panel, base + before);
      }
      cells.unitGradient(all, dh, base + before, n);
      for (int i = 0; i <= GATES; i++) {
        long from = all + 4L * n * i;
        long place = (step * GATES + Math.min(i, 2)) * hidden + column;
        long dx = buffers[k.out()] + 4 * place;
        long products = dx + 4 * GATES * size;
        if (i < GATES) {
          store(row, panel, from, dx, GATES * stride);
        }
        if (i != 2) { // m stands for n
          store(row, panel, from, products, GATES * stride);
          store(row, panel, from, packedAt(Math.min(i, 2), row, panel), TileKernel.ROW_STRIDE);
        }
      }
    }

    /** What the step before gets of a tile of h. */
    private void state(int row, int panel) {
      long to = tileAt(states, row, panel);
      for (int gate = 0; gate < GATES; gate++) {
        long a = packedAt(gate, row, 0);
        panels.addProduct(a, blockStride(), weight, gate, panel, to);
      }
    }

    /** A tile of an input, at a step if it has them. */
    private void load(int input, int t, int row, int panel, long to) {
      Kernel.View view = k.inputs().get(input);
      long stride = view.strides().get(0);
      long at = view.offset() + (first + row) * stride + t * view.strides().get(1);
      long from = buffers[view.buffer()] + 4 * (at + (long) panel * kernel.columns());
      load(row, panel, from, 4 * stride, to);
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
