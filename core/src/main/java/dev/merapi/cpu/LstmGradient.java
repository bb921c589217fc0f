package dev.merapi.cpu;

import dev.merapi.graph.FusedLstmGradient;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;

/** {@link FusedLstmGradient}; a step hands dh and dc to the one before. */
final class LstmGradient extends BackwardSequence {
  private static final int GATES = Lstm.GATES;

  private final Loops loops;

  LstmGradient(ComputePool pool, Loops loops, Kernel.Fused k) {
    super(pool, k, GATES, GATES + 3, 2, 4);
    this.loops = loops;
  }

  @Override
  Rows rows(long[] buffers, long weight, int first) {
    return new Backward(buffers, weight, first) {
      private final Piece c = input(4, 1, 1);
      private final Piece gates = input(4, 2, GATES);
      private final Piece dx = result(0, GATES);
      private final long bent = place(GATES);
      private final long before = place(GATES + 1);
      private final long incoming = place(GATES + 2);

      @Override
      void step(int t, Tile tile) {
        int n = panels.tile();
        for (int i = 0; i < GATES; i++) {
          load(tile, t, gates, Lstm.ORDER[i], place(i));
        }
        load(tile, t, c, 0, bent);
        loops.unary(UnaryKind.TANH, Lane.F32, bent, 4, bent, n);
        if (t > 0) {
          load(tile, t - 1, c, 0, before);
        } else {
          load(tile, 0, 3, 0, before);
        }
        long dh = carried(0, tile);
        long dc = carried(1, tile);
        load(tile, t, 6, 0, incoming);
        kernel.add(n, incoming, dc);
        load(tile, t, 5, 0, incoming);
        kernel.add(n, dh, incoming);
        cells.cellGradient(place(0), incoming, before, bent, dc, n);
        Memory.zero(dh, tileBytes()); // h goes to the next step by the product alone
        for (int i = 0; i < GATES; i++) {
          store(tile, t, place(i), dx, Lstm.ORDER[i]);
          hand(tile, place(i), Lstm.ORDER[i]);
        }
      }
    };
  }
}
