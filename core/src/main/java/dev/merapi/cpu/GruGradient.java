package dev.merapi.cpu;

import dev.merapi.graph.FusedGruGradient;
import dev.merapi.graph.Kernel;

/** {@link FusedGruGradient}; a step hands dh to the one before. */
final class GruGradient extends BackwardSequence {
  private static final int GATES = Gru.GATES;

  GruGradient(ComputePool pool, Kernel.Fused k) {
    super(pool, k, GATES, GATES + 2, 1, 6);
  }

  @Override
  Rows rows(long[] buffers, long weight, int first) {
    return new Backward(buffers, weight, first) {
      private final Piece h = input(4, 0, 1);
      private final Piece gates = input(4, 1, GATES);
      private final Piece products = input(4, 4, 1);
      private final Piece dx = result(0, GATES);
      private final Piece dProducts = result(GATES, GATES);
      private final long product = place(GATES); // m, behind r, z and n
      private final long before = place(GATES + 1);

      @Override
      void step(int t, Tile tile) {
        int n = panels.tile();
        for (int i = 0; i < GATES; i++) {
          load(tile, t, gates, i, place(i));
        }
        load(tile, t, products, 0, product);
        long dh = carried(0, tile);
        load(tile, t, 5, 0, before);
        kernel.add(n, before, dh);
        if (t > 0) {
          load(tile, t - 1, h, 0, before);
        } else {
          load(tile, 0, 3, 0, before);
        }
        cells.unitGradient(place(0), dh, before, n);
        for (int i = 0; i < GATES; i++) {
          store(tile, t, place(i), dx, i);
          long ofProduct = i < 2 ? place(i) : product;
          store(tile, t, ofProduct, dProducts, i);
          hand(tile, ofProduct, i);
        }
      }
    };
  }
}
