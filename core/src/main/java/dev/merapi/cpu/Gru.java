package dev.merapi.cpu;

import dev.merapi.graph.FusedGru;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;

/** {@link FusedGru}; its state is h. */
final class Gru extends ForwardSequence {
  static final int GATES = 3;

  private final Loops loops;

  Gru(ComputePool pool, Loops loops, Kernel.Fused k) {
    super(pool, k, GATES, 1, 3, 3);
    this.loops = loops;
  }

  @Override
  Rows rows(long[] buffers, long weight, int first) {
    return new Forward(buffers, weight, first) {
      private final Piece outputs = result(0, 1);
      private final Piece gates = result(1, GATES);
      private final Piece products = result(4, 1);

      @Override
      void step(int t, Tile tile) {
        int n = panels.tile();
        long product = place(GATES); // m: the candidate's, apart from what is read
        for (int i = 0; i < GATES; i++) {
          load(tile, t, 0, i, place(i));
        }
        loadBias(tile, 2, product);
        addProduct(tile, 0, place(0));
        addProduct(tile, 1, place(1));
        addProduct(tile, 2, product);
        loops.unary(UnaryKind.SIGMOID, Lane.F32, place(0), 4, place(0), 2 * n);
        cells.reset(place(0), n);
        loops.unary(UnaryKind.TANH, Lane.F32, place(2), 4, place(2), n);
        long h = state(tile);
        cells.update(place(0), h, n);
        hand(tile, h);
        store(tile, t, h, outputs, 0);
        for (int i = 0; i < GATES; i++) {
          store(tile, t, place(i), gates, i);
        }
        store(tile, t, product, products, 0);
      }
    };
  }
}
