package dev.merapi.cpu;

/**
 * The gradient of a convolution's kernel where there are few input channels: for each group the
 * product (terms × positions) · (positions × output channels), whose left rows are pieces of the
 * planes and whose right factor is the output's gradient, transposed.
 *
 * <p>Pieces of the batch are shared out to a fixed number of parts; each part adds its pieces in
 * order, and then the parts are added in order.
 *
 * @param kernel inner loops
 * @param shape of the convolution
 * @param sweep of the forward pass
 */
record WeightGradient(TileKernel kernel, ConvShape shape, Sweep sweep) {
  /** Partial sums, over all groups together. */
  private static final int PARTS = 16;

  /** How much of the panels is output channels, and not edges that are computed for nothing. */
  static double use(TileKernel kernel, ConvShape shape) {
    int columns = Math.ceilDiv(shape.groupOut(), kernel.columns()) * kernel.columns();
    return shape.groupOut() / (double) columns;
  }

  void run(ComputePool pool, long x, long dy, long dw) {
    int groups = shape.groups();
    if (sweep.terms() == 0 || shape.groupOut() == 0) {
      return;
    }
    var pieces = Pieces.of(sweep, shape.batch(), Math.max(shape.groupOut(), 1));
    int count = shape.outputs() == 0 ? 0 : pieces.count();
    int parts = Math.clamp(Math.min(PARTS / groups, count), 1, PARTS);
    long partials = Scratch.get().partials(partSize() * parts * groups);
    pool.parallelFor(
        parts * groups,
        task -> {
          int part = task / groups;
          int from = Math.toIntExact((long) part * count / parts);
          int to = Math.toIntExact((part + 1L) * count / parts);
          long sums = partials + task * partSize();
          Memory.zero(sums, partSize());
          for (int piece = from; piece < to; piece++) {
            addPiece(pieces.get(piece), task % groups, x, dy, sums);
          }
        });
    pool.parallelFor(
        groups,
        group -> {
          long sums = partials + group * partSize();
          for (int part = 1; part < parts; part++) {
            long from = partials + (part * (long) groups + group) * partSize();
            kernel.add(Math.toIntExact(partSize() / 4), from, sums);
          }
          long to = dw + 4L * group * shape.groupOut() * sweep.terms();
          kernel.transpose(
              sweep.terms(), shape.groupOut(), sums, rowStride(), to, 4L * sweep.terms());
        });
  }

  /** Output channels, rounded up to whole panels. */
  private int columns() {
    return Math.ceilDiv(shape.groupOut(), kernel.columns()) * kernel.columns();
  }

  private long rowStride() {
    return 4L * columns();
  }

  /** Bytes of the sums of one group. */
  private long partSize() {
    return rowStride() * Math.ceilDiv(sweep.terms(), kernel.rows()) * kernel.rows();
  }

  private void addPiece(Sweep.Piece piece, int group, long x, long dy, long sums) {
    var layout = sweep.layout(piece);
    int span = layout.span();
    long stride = 4L * (span + 16);
    var scratch = Scratch.get();
    long planes = scratch.planes(4 * layout.size());
    long table = scratch.table(8L * sweep.terms());
    long gradient = scratch.sums(shape.groupOut() * stride);
    var source = shape.input(x);
    layout.fill(kernel, source.at(0, group, 0), source.imageStride(), planes);
    layout.writeOffsets(table);
    Memory.zero(gradient, shape.groupOut() * stride); // zeros between the lines add nothing
    var output = shape.output(dy);
    for (int channel = 0; channel < shape.groupOut(); channel++) {
      for (int i = 0; i < piece.images(); i++) {
        long from = output.at(piece.firstImage() + i, group, channel);
        layout.load(kernel, i, from, gradient + channel * stride);
      }
    }
    int block = Scratch.BLOCK_COLUMNS;
    for (int first = 0; first < shape.groupOut(); first += block) {
      int channels = Math.min(block, shape.groupOut() - first);
      var right = new Matrix(gradient + first * stride, 0, 1, stride / 4);
      for (int q = 0; q < span; q += TileKernel.DEPTH) {
        int depth = Math.min(TileKernel.DEPTH, span - q);
        addProduct(
            scratch,
            depth,
            channels,
            new Factors(planes + 4L * q, table, right, q),
            sums + 4L * first);
      }
    }
  }

  /**
   * The factors of one pass: the planes from its first position on, and the gradient (positions ×
   * channels).
   */
  private record Factors(long planes, long table, Matrix gradient, int position) {}

  private void addProduct(Scratch scratch, int depth, int channels, Factors factors, long sums) {
    int width = kernel.columns();
    long panelStride = (TileKernel.DEPTH + 1) * 4L * width;
    var block = new Operand.Block(0, factors.position, depth, 0, channels);
    factors.gradient.packPanels(kernel, block, scratch.block, panelStride);
    int strip = Scratch.stripRows(kernel, channels);
    for (int term = 0; term < sweep.terms(); term += strip) {
      int rows = Math.min(strip, sweep.terms() - term);
      for (int i = 0; i < rows; i++) {
        long from = factors.planes + Memory.getLong(factors.table + 8L * (term + i));
        kernel.copy(1, depth, from, 0, scratch.strip + i * TileKernel.ROW_STRIDE, 0);
      }
      for (int i = 0; i < rows; i += kernel.rows()) {
        long a = scratch.strip + i * TileKernel.ROW_STRIDE;
        for (int panel = 0; panel * width < channels; panel++) {
          long to = sums + (term + i) * rowStride() + 4L * panel * width;
          long b = scratch.block + panel * panelStride;
          kernel.multiply(depth, a, b, 4L * width, to, rowStride(), to, rowStride());
        }
      }
    }
  }
}
