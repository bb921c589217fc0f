package dev.merapi.cpu;

/**
 * Sums of weights times patches, for every position of a sweep: forward convolution, and one phase
 * of the gradient of its input.
 *
 * <p>The weights are packed once for all pieces. Where the outputs of an image lie in the planes as
 * they do in the result, tiles are stored straight into the result; otherwise by way of flattened
 * sums.
 *
 * @param kernel inner loops
 * @param shape of the convolution
 * @param sweep over the source
 * @param result where sums go
 * @param weights a matrix for each group: (channels of the result, terms of a sum)
 * @param epilogue run on finished channels
 */
record SweepPass(
    TileKernel kernel,
    ConvShape shape,
    Sweep sweep,
    ConvShape.Channels result,
    Matrix weights,
    Epilogue epilogue) {

  void run(ComputePool pool, ConvShape.Channels source) {
    var pieces = Pieces.of(sweep, shape.batch(), result.channels());
    if (shape.batch() == 0 || result.channels() == 0 || sweep.outputs() == 0) {
      return;
    }
    long packed = Scratch.get().weights((long) shape.groups() * passes() * passBytes());
    Ranges.run(
        pool,
        (long) shape.groups() * passes(),
        (long) rows() * Math.min(sweep.terms(), TileKernel.DEPTH),
        (from, to) -> {
          for (long pass = from; pass < to; pass++) {
            pack((int) (pass / passes()), (int) (pass % passes()), packed + pass * passBytes());
          }
        });
    pool.parallelFor(
        Math.multiplyExact(pieces.count(), shape.groups()),
        task -> {
          int group = task % shape.groups();
          var piece = pieces.get(task / shape.groups());
          new Part(group, piece, packed + (long) group * passes() * passBytes()).run(source);
        });
  }

  /** Parts of the terms, of {@link TileKernel#DEPTH} each; at least one. */
  private int passes() {
    return Math.max(1, Math.ceilDiv(sweep.terms(), TileKernel.DEPTH));
  }

  /** Channels of the result, in whole tiles. */
  private int rows() {
    return Math.ceilDiv(result.channels(), kernel.rows()) * kernel.rows();
  }

  private long passBytes() {
    return rows() * TileKernel.ROW_STRIDE;
  }

  private void pack(int group, int pass, long to) {
    int term = pass * TileKernel.DEPTH;
    int depth = Math.min(TileKernel.DEPTH, sweep.terms() - term);
    weights.packRows(kernel, new Operand.Block(group, 0, result.channels(), term, depth), to);
  }

  /**
   * Where the sums of positions go.
   *
   * @param from the first position, in bytes from the planes
   * @param columns how many
   * @param to place of the first channel's first sum
   * @param stride bytes from one channel to the next
   * @param rows channels that may be written
   */
  private record Target(long from, int columns, long to, long stride, int rows) {}

  /** The sums of one group over one piece. */
  private final class Part {
    private final int group;
    private final Sweep.Piece piece;
    private final Sweep.Layout layout;
    private final long packed;
    private final Scratch scratch = Scratch.get();
    private final long planes;
    private final long table;

    Part(int group, Sweep.Piece piece, long packed) {
      this.group = group;
      this.piece = piece;
      this.packed = packed;
      layout = sweep.layout(piece);
      planes = scratch.planes(4 * (layout.size() + kernel.columns()));
      table = scratch.table(8L * sweep.terms());
    }

    void run(ConvShape.Channels source) {
      layout.fill(kernel, source.at(0, group, 0), source.imageStride(), planes);
      layout.writeOffsets(table);
      int width = kernel.columns();
      int count = layout.outputsPerImage();
      long apart = (long) piece.images() * Math.ceilDiv(count, width);
      if (layout.inOrder() && apart <= Math.ceilDiv(layout.span(), width)) {
        for (int i = 0; i < piece.images(); i++) {
          long to = result.at(piece.firstImage() + i, group, 0) + 4L * layout.firstOutput();
          long from = 4L * i * layout.imageSpan();
          sum(new Target(from, count, to, 4L * result.positions(), result.channels()));
          finish(i, 0, result.channels());
        }
        return;
      }
      int columns = Math.ceilDiv(layout.span(), width) * width;
      long stride = 4L * (columns + 16); // + 16: not a power of two apart
      long sums = scratch.sums(rows() * stride);
      sum(new Target(0, columns, sums, stride, rows()));
      for (int i = 0; i < piece.images(); i++) {
        for (int channel = 0; channel < result.channels(); channel++) {
          long to = result.at(piece.firstImage() + i, group, channel);
          layout.store(kernel, i, sums + channel * stride, to);
          finish(i, channel, 1);
        }
      }
    }

    private void finish(int image, int channel, int channels) {
      if (epilogue.equals(Epilogue.NONE)) {
        return;
      }
      int first = layout.firstOutput();
      int number = piece.firstImage() + image;
      epilogue.apply(
          new Epilogue.Rows(
              number,
              group * result.channels() + channel,
              channels,
              first,
              layout.outputsPerImage(),
              result.at(number, group, channel) + 4L * first,
              4L * result.positions()));
    }

    private void sum(Target target) {
      for (int pass = 0; pass < passes(); pass++) {
        int term = pass * TileKernel.DEPTH;
        int depth = Math.min(TileKernel.DEPTH, sweep.terms() - term);
        for (int q = 0; q < target.columns; q += kernel.columns()) {
          for (int row = 0; row < target.rows; row += kernel.rows()) {
            long a = packed + pass * passBytes() + row * TileKernel.ROW_STRIDE;
            tile(target, new Factors(a, table + 8L * term, depth, term > 0), row, q);
          }
        }
      }
    }

    private void tile(Target target, Factors factors, int row, int column) {
      int rows = Math.min(kernel.rows(), target.rows - row);
      int columns = Math.min(kernel.columns(), target.columns - column);
      boolean whole = rows == kernel.rows() && columns == kernel.columns();
      long to = target.to + row * target.stride + 4L * column;
      long tile = whole ? to : scratch.tile;
      long stride = whole ? target.stride : 4L * kernel.columns();
      if (!whole && factors.accumulate) {
        kernel.copy(rows, columns, to, target.stride, tile, stride);
      }
      kernel.multiplyGathered(
          factors.depth,
          factors.weights,
          planes + target.from + 4L * column,
          factors.offsets,
          factors.accumulate ? tile : scratch.zeros,
          factors.accumulate ? stride : 0,
          tile,
          stride);
      if (!whole) {
        kernel.copy(rows, columns, tile, stride, to, target.stride);
      }
    }
  }

  /** A panel of packed weights, and the offsets of its terms. */
  private record Factors(long weights, long offsets, int depth, boolean accumulate) {}
}
