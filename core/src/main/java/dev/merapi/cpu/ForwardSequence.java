package dev.merapi.cpu;

import dev.merapi.graph.Kernel;

/**
 * A {@link Sequence} from its first step to its last. In each a tile of the gates is made, then the
 * tile's state and its output, which goes to the result and, packed, to the next step.
 */
abstract sealed class ForwardSequence extends Sequence permits Lstm, Gru {
  final GateLoops cells = GateLoops.best();

  /** A tile of each gate. */
  final long gates;

  private final int first;
  private final int state;
  private final long packed;
  private final long nextPacked;
  private final long states;

  /**
   * @param tiles of working memory behind those of the gates
   * @param first the input that is the first h
   * @param state the input that the state begins with
   */
  ForwardSequence(ComputePool pool, Kernel.Fused k, int gates, int tiles, int first, int state) {
    super(pool, k, gates);
    this.first = first;
    this.state = state;
    packed = takePacked(1);
    nextPacked = takePacked(1);
    states = places.take(stateBytes());
    this.gates = takeTiles(gates + tiles);
  }

  @Override
  void pack(ComputePool pool, Matrix weight, long packed) {
    panels.packForward(pool, weight, packed);
  }

  /** The rows of one task. */
  abstract class Forward extends Rows {
    private long now = packed;
    private long next = nextPacked;

    Forward(long[] buffers, long weight, int first) {
      super(buffers, weight, first);
    }

    @Override
    void run() {
      for (Tile tile : tiles) {
        load(tile, 0, first, 0, packedAt(tile, now, 0), TileKernel.ROW_STRIDE);
        load(tile, 0, state, 0, state(tile));
      }
      for (int t = 0; t < time; t++) {
        for (Tile tile : tiles) {
          step(t, tile);
        }
        long swap = now;
        now = next;
        next = swap;
      }
    }

    /** Makes a tile of the gates, and of the state and h that a step ends with. */
    abstract void step(int t, Tile tile);

    /** The tile's state. */
    long state(Tile tile) {
      return tile(states, tile);
    }

    /** The place of a tile of working memory, the gates' first. */
    long place(int number) {
      return base + gates + number * tileBytes();
    }

    /** Adds a gate's product with the h before. */
    void addProduct(Tile tile, int gate, long to) {
      addProduct(tile, now, 0, gate, to);
    }

    /** Hands a tile of h to the next step. */
    void hand(Tile tile, long h) {
      pack(tile, h, next, 0);
    }
  }
}
