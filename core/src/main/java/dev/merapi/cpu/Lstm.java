package dev.merapi.cpu;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.FusedLstm;
import dev.merapi.graph.Kernel;
import dev.merapi.graph.UnaryKind;

/** {@link FusedLstm}; its state is the cell. */
final class Lstm extends ForwardSequence {
  static final int GATES = 4;

  /** Which of the gates i, f, g, o of the input stands first, second, … among the tiles. */
  static final int[] ORDER = {0, 1, 3, 2};

  private final Loops loops;

  Lstm(ComputePool pool, Loops loops, Kernel.Fused k) {
    super(pool, k, GATES, 1, 2, 3);
    this.loops = loops;
  }

  @Override
  Rows rows(long[] buffers, long weight, int first) {
    return new Forward(buffers, weight, first) {
      private final Piece h = result(0, 1);
      private final Piece c = result(1, 1);
      private final Piece gates = result(2, GATES);

      @Override
      void step(int t, Tile tile) {
        int n = panels.tile();
        for (int i = 0; i < GATES; i++) {
          load(tile, t, 0, ORDER[i], place(i));
          addProduct(tile, ORDER[i], place(i));
        }
        loops.unary(UnaryKind.SIGMOID, Lane.F32, place(0), 4, place(0), 3 * n);
        loops.unary(UnaryKind.TANH, Lane.F32, place(3), 4, place(3), n);
        long cell = state(tile);
        long output = place(GATES);
        cells.cell(place(0), cell, n);
        loops.unary(UnaryKind.TANH, Lane.F32, cell, 4, output, n);
        loops.binary(BinaryKind.MUL, Lane.F32, output, 4, place(2), 4, output, n);
        store(tile, t, output, h, 0);
        store(tile, t, cell, c, 0);
        for (int i = 0; i < GATES; i++) {
          store(tile, t, place(i), gates, ORDER[i]);
        }
        hand(tile, output);
      }
    };
  }
}
