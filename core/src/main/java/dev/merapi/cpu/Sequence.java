package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.Kernel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels over the whole sequence of a recurrent layer share. The recurrent weight is packed
 * once; a task then takes some rows of the batch through all steps, without waiting for others.
 *
 * <p>Inputs: the projections (batch, time, gates · hidden), the recurrent weight, and others.
 */
abstract sealed class Sequence implements Backend.Task permits ForwardSequence, BackwardSequence {
  final TileKernel kernel = TileKernel.best();
  final GatePanels panels;
  final int batch;
  final int time;
  final int hidden;

  /** The working memory of a task. */
  final Places places = new Places();

  private final ComputePool pool;
  private final Kernel.Fused k;
  private final int rows;
  private final Memories packed;

  Sequence(ComputePool pool, Kernel.Fused k, int gates) {
    this.pool = pool;
    this.k = k;
    batch = k.shapes().get(0).size(0);
    time = k.shapes().get(0).size(1);
    hidden = k.shapes().get(1).size(1);
    panels = new GatePanels(kernel, gates, hidden);
    rows = panels.rowsOfTask(batch);
    packed = new Memories(panels.bytes());
  }

  /** Packs the recurrent weight. */
  abstract void pack(ComputePool pool, Matrix weight, long packed);

  /** What takes the rows from {@code first} on through the steps. */
  abstract Rows rows(long[] buffers, long weight, int first);

  @Override
  public void run(long[] buffers) {
    MemorySegment weight = packed.take();
    Kernel.View w = k.inputs().get(1);
    long address = buffers[w.buffer()] + 4 * w.offset();
    pack(pool, new Matrix(address, 0, w.strides().get(0), 1), weight.address());
    pool.parallelFor(
        Math.ceilDiv(batch, rows), task -> rows(buffers, weight.address(), task * rows).run());
    packed.give(weight);
  }

  /** Bytes of a tile. */
  long tileBytes() {
    return 4L * panels.tile();
  }

  /** A place for so many tiles. */
  long takeTiles(int count) {
    return places.take(count * tileBytes());
  }

  /** Bytes of a task's rows of one state, tile by tile. */
  long stateBytes() {
    return tileBytes() * panels.panels() * (rows / kernel.rows());
  }

  /** A place for a task's rows of so many factors of a product, packed block by block. */
  long takePacked(int count) {
    return places.take((long) count * panels.blocks() * blockStride());
  }

  /** Bytes from the packed rows of one block of the depth to those of the next. */
  private long blockStride() {
    return rows * TileKernel.ROW_STRIDE;
  }

  /**
   * Some rows of a task in one panel of the hidden units.
   *
   * @param row of the task, the first
   * @param column of the hidden units, the first
   */
  record Tile(int number, int row, int rows, int panel, int column, int columns) {}

  /**
   * Numbers (batch, time, parts · hidden), one after another.
   *
   * @param address of the first
   */
  record Piece(long address, int parts) {}

  /** The rows of one task. */
  abstract class Rows {
    final long base = Workspace.local().memory(places.bytes());

    /** Panel by panel. */
    final List<Tile> tiles = new ArrayList<>();

    private final long[] buffers;
    private final long weight;
    private final int first;

    Rows(long[] buffers, long weight, int first) {
      this.buffers = buffers;
      this.weight = weight;
      this.first = first;
      int count = Math.min(rows, batch - first);
      for (int panel = 0; panel < panels.panels(); panel++) {
        for (int row = 0; row < count; row += kernel.rows()) {
          int number = row / kernel.rows() * panels.panels() + panel;
          int some = Math.min(kernel.rows(), count - row);
          int column = panel * kernel.columns();
          tiles.add(new Tile(number, row, some, panel, column, panels.columns(panel)));
        }
      }
    }

    /** Takes them through all steps. */
    abstract void run();

    /** The address of a tile of a state. */
    long tile(long state, Tile tile) {
      return base + state + tileBytes() * tile.number;
    }

    /** Parts of the result behind so many times (batch, time, hidden). */
    Piece result(int before, int parts) {
      return new Piece(buffers[k.out()] + 4L * before * batch * time * hidden, parts);
    }

    /** Parts of an input that is contiguous. */
    Piece input(int input, int before, int parts) {
      Kernel.View view = k.inputs().get(input);
      long address = buffers[view.buffer()] + 4 * view.offset();
      return new Piece(address + 4L * before * batch * time * hidden, parts);
    }

    /** Reads a tile of a part at a step. */
    void load(Tile tile, int t, Piece piece, int part, long to) {
      copy(tile, at(tile, t, piece, part), stride(piece), to, width());
    }

    /** Writes a tile of a part at a step. */
    void store(Tile tile, int t, long from, Piece piece, int part) {
      copy(tile, from, width(), at(tile, t, piece, part), stride(piece));
    }

    /** Writes a tile of a state (batch, hidden) at an address. */
    void storeState(Tile tile, long from, long address) {
      long at = (long) (first + tile.row) * hidden + tile.column;
      copy(tile, from, width(), address + 4 * at, 4L * hidden);
    }

    private long at(Tile tile, int t, Piece piece, int part) {
      long step = (long) (first + tile.row) * time + t;
      return piece.address + 4 * ((step * piece.parts + part) * hidden + tile.column);
    }

    private long stride(Piece piece) {
      return 4L * piece.parts * time * hidden;
    }

    /** Reads a tile of an input (batch, time, parts · hidden), or (batch, hidden) at step 0. */
    void load(Tile tile, int t, int input, int part, long to) {
      load(tile, t, input, part, to, width());
    }

    void load(Tile tile, int t, int input, int part, long to, long toStride) {
      Kernel.View view = k.inputs().get(input);
      long row = view.strides().get(0);
      long from = view.offset() + (first + tile.row) * row + t * view.strides().get(1);
      from += (long) part * hidden + tile.column;
      copy(tile, buffers[view.buffer()] + 4 * from, 4 * row, to, toStride);
    }

    /** Reads a bias (hidden) into each row of a tile. */
    void loadBias(Tile tile, int input, long to) {
      Kernel.View view = k.inputs().get(input);
      long from = view.offset() + tile.column;
      copy(tile, buffers[view.buffer()] + 4 * from, 0, to, width());
    }

    /** Packs a tile of a factor. */
    void pack(Tile tile, long from, long packed, int factor) {
      copy(tile, from, width(), packedAt(tile, packed, factor), TileKernel.ROW_STRIDE);
    }

    /** Where a tile of a factor is packed, in rows {@link TileKernel#ROW_STRIDE} apart. */
    long packedAt(Tile tile, long packed, int factor) {
      long block = (long) factor * panels.blocks() + tile.column / TileKernel.DEPTH;
      return base
          + packed
          + block * blockStride()
          + tile.row * TileKernel.ROW_STRIDE
          + 4L * (tile.column % TileKernel.DEPTH);
    }

    /** Adds the product of the tile's rows of a packed factor with a gate's weight to a tile. */
    void addProduct(Tile tile, long packed, int factor, int gate, long to) {
      long a =
          base
              + packed
              + (long) factor * panels.blocks() * blockStride()
              + tile.row * TileKernel.ROW_STRIDE;
      panels.addProduct(a, blockStride(), weight, gate, tile.panel, to);
    }

    /** Bytes from row to row of a tile. */
    private long width() {
      return 4L * kernel.columns();
    }

    private void copy(Tile tile, long from, long fromStride, long to, long toStride) {
      kernel.copy(tile.rows, tile.columns, from, fromStride, to, toStride);
    }
  }
}
