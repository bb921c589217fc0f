package dev.merapi.cpu;

/**
 * The recurrent weight (gates · hidden, hidden) of a sequence, packed once for all its steps: for
 * each gate and each block of the depth, panels of hidden columns.
 */
record GatePanels(TileKernel kernel, int gates, int hidden) {

  /** Blocks of the depth. */
  int blocks() {
    return Math.ceilDiv(hidden, TileKernel.DEPTH);
  }

  /** Panels of a gate. */
  int panels() {
    return Math.ceilDiv(hidden, kernel.columns());
  }

  /** Depth of a block. */
  int depth(int block) {
    return Math.min(TileKernel.DEPTH, hidden - block * TileKernel.DEPTH);
  }

  /** Columns of a panel. */
  int columns(int panel) {
    return Math.min(kernel.columns(), hidden - panel * kernel.columns());
  }

  /** Floats of a tile. */
  int tile() {
    return kernel.rows() * kernel.columns();
  }

  long bytes() {
    return panelStride() * panels() * blocks() * gates;
  }

  /** One row more, so that panels are no power of two apart. */
  private long panelStride() {
    return (Math.min(TileKernel.DEPTH, hidden) + 1) * 4L * kernel.columns();
  }

  long at(long packed, int gate, int block, int panel) {
    return packed + (((long) gate * blocks() + block) * panels() + panel) * panelStride();
  }

  /** Packs the right factors of {@code h wᵀ}. */
  void packForward(ComputePool pool, Matrix w, long packed) {
    pool.parallelFor(
        gates * blocks(),
        task -> {
          int gate = task / blocks();
          int block = task % blocks();
          w.transposed()
              .packPanels(
                  kernel,
                  new Operand.Block(
                      0, block * TileKernel.DEPTH, depth(block), gate * hidden, hidden),
                  at(packed, gate, block, 0),
                  panelStride());
        });
  }

  /** Packs the right factors of {@code d w}. */
  void packBackward(ComputePool pool, Matrix w, long packed) {
    pool.parallelFor(
        gates * blocks(),
        task -> {
          int gate = task / blocks();
          int block = task % blocks();
          int row = gate * hidden + block * TileKernel.DEPTH;
          w.packPanels(
              kernel,
              new Operand.Block(0, row, depth(block), 0, hidden),
              at(packed, gate, block, 0),
              panelStride());
        });
  }

  /** {@code c += a b} for a tile, a packed block by block {@code blockStride} bytes apart. */
  void addProduct(long a, long blockStride, long packed, int gate, int panel, long c) {
    long stride = 4L * kernel.columns();
    for (int block = 0; block < blocks(); block++) {
      long b = at(packed, gate, block, panel);
      kernel.multiply(depth(block), a + block * blockStride, b, stride, c, stride, c, stride);
    }
  }

  /** Rows of a batch that a task takes through all steps: two tiles, if that leaves two tasks. */
  int rowsOfTask(int batch) {
    return (batch >= 4 * kernel.rows() ? 2 : 1) * kernel.rows();
  }
}
