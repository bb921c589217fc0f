package dev.merapi.cpu;

import dev.merapi.graph.Kernel;

/**
 * The gradient of a {@link ForwardSequence}, from the last step to the first. In each a task makes
 * the gradients of the gates, tile by tile, which go to the result and are packed; their products
 * with the weight are then added to what the step before gets.
 *
 * <p>The result ends with the gradients of the states (batch, hidden) that the sequence began with.
 */
abstract sealed class BackwardSequence extends Sequence permits LstmGradient, GruGradient {
  final GateLoops cells = GateLoops.best();
  private final int before;
  private final int states;
  private final long gradients;
  private final long carried;
  private final long working;

  /**
   * @param tiles of working memory
   * @param states how many gradients a step hands to the one before; the first is that of h
   * @param before how many (batch, time, hidden) stand in the result before those of the states
   */
  BackwardSequence(ComputePool pool, Kernel.Fused k, int gates, int tiles, int states, int before) {
    super(pool, k, gates);
    this.before = before;
    this.states = states;
    gradients = takePacked(gates);
    carried = places.take(states * stateBytes());
    working = takeTiles(tiles);
  }

  @Override
  void pack(ComputePool pool, Matrix weight, long packed) {
    panels.packBackward(pool, weight, packed);
  }

  /** The rows of one task. */
  abstract class Backward extends Rows {
    Backward(long[] buffers, long weight, int first) {
      super(buffers, weight, first);
    }

    @Override
    void run() {
      Memory.zero(base + carried, states * stateBytes());
      for (int t = time - 1; t >= 0; t--) {
        for (Tile tile : tiles) {
          step(t, tile);
        }
        for (Tile tile : tiles) {
          for (int gate = 0; gate < panels.gates(); gate++) {
            addProduct(tile, gradients, gate, gate, carried(0, tile));
          }
        }
      }
      long out = result(before, 0).address();
      for (int i = 0; i < states; i++) {
        for (Tile tile : tiles) {
          storeState(tile, carried(i, tile), out + 4L * i * batch * hidden);
        }
      }
    }

    /**
     * Makes a tile of the gates' gradients of those of the states, and leaves what the step before
     * gets of the states by other ways than the recurrent product.
     */
    abstract void step(int t, Tile tile);

    /** A tile of the gradient that a step gets from the one behind it. */
    long carried(int state, Tile tile) {
      return tile(carried + state * stateBytes(), tile);
    }

    /** The place of a tile of working memory. */
    long place(int number) {
      return base + working + number * tileBytes();
    }

    /** Hands a tile of a gate's gradient to the product. */
    void hand(Tile tile, long gradient, int gate) {
      pack(tile, gradient, gradients, gate);
    }
  }
}
